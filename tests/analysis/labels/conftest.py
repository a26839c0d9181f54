"""Trials whose labels depend on their architecture in a known way."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

NUMBERS = ("depth", "width", "kernel")
FAMILIES = ("resnet", "convnext", "oscnn")  # the last has none of the numbers


@dataclass(frozen=True)
class Study:
    scores: pd.DataFrame
    params: pd.DataFrame
    attrs: pd.DataFrame


def make(n, effects, *, families=FAMILIES, poolings=("average", "max"), max_pooling=0.0, noise=0.01, seed=0):
    """Score of a label = sum of effect per doubling + the family's level + `max_pooling` + noise.

    Args:
        effects: for each label, the effects of depth, width and kernel.
    """
    rng = np.random.default_rng(seed)
    family = rng.choice(families, n)
    drawn = np.column_stack([rng.integers(1, 9, n), 8 * rng.integers(1, 9, n), rng.choice([3, 5, 9, 15], n)])
    has_numbers = family != "oscnn"
    columns = {"family": family.astype(object)}
    for own in ("resnet", "convnext"):
        if own in families:
            for place, name in enumerate(NUMBERS):
                columns[f"{own}.{name}"] = np.where(family == own, drawn[:, place], np.nan).astype(object)
    pooling = np.where(family == "resnet", rng.choice(poolings, n), None)
    columns["resnet.pooling"] = np.array([np.nan if value is None else value for value in pooling], dtype=object)
    index = pd.RangeIndex(100, 100 + n, name="number")
    doublings = np.where(has_numbers[:, None], np.log2(drawn), 0)
    level = 0.02 * (family == "convnext") - 0.03 * (family == "oscnn") + max_pooling * (pooling == "max")
    mean = 0.7 + doublings @ np.array(list(effects.values())).T + level[:, None]
    values = mean + noise * rng.normal(size=mean.shape)
    scores = pd.DataFrame(
        {
            "number": np.repeat(index, len(effects)),
            "label": np.tile(list(effects), n),
            "n_positive": 100,
            "balanced_accuracy": values.ravel(),
        }
    )
    attrs = pd.DataFrame(
        {
            "receptive_field": np.where(has_numbers, 20 * drawn[:, 0] * drawn[:, 2], 500),
            "flops": np.where(has_numbers, 1e4 * drawn[:, 0] * drawn[:, 1] ** 2 * drawn[:, 2], 1e8),
        },
        index=index,
    )
    return Study(scores, pd.DataFrame(columns, index=index), attrs)


@pytest.fixture(scope="session")
def make_study():
    return make
