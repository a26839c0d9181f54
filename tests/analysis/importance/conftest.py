"""Trials with known effects."""

import numpy as np
import pandas as pd
import pytest


def _uniform_trials(n, *, low=0.0, high=1.0, columns="abcd", seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.uniform(low, high, (n, len(columns))), columns=list(columns)), rng


def _family_trials(n=120, seed=0):
    """The score depends on lr, on the family, and within convnext on its width; not on noise."""
    rng = np.random.default_rng(seed)
    family = rng.choice(["resnet", "convnext"], n)
    lr = rng.uniform(0, 1, n)
    width = rng.integers(1, 9, n)
    params = pd.DataFrame(
        {
            "family": family,
            "train.lr": lr,
            "convnext.width": [int(w) if f == "convnext" else np.nan for w, f in zip(width, family, strict=True)],
            "noise": rng.normal(size=n),
        },
        dtype=object,
    )
    score = 2 * lr + 0.6 * (family == "resnet") - 0.2 * np.where(family == "convnext", width / 8, 0)
    return params, pd.Series(score + 0.02 * rng.normal(size=n))


@pytest.fixture(scope="session")
def uniform_trials():
    return _uniform_trials


@pytest.fixture(scope="session")
def family_trials():
    return _family_trials
