"""A study of any size, written straight into a database: scores from a known law, ten parameters, twelve attributes."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
    distribution_to_json,
)
from sqlalchemy import text

from storage.database import Database
from storage.studies import Study, Terms, create_study

_PARAMS: dict[str, BaseDistribution] = {
    "family": CategoricalDistribution(["resnet", "convnext"]),
    "stages": IntDistribution(2, 4),
    "depth": IntDistribution(1, 6),
    "width": IntDistribution(8, 128, step=8),
    "kernel": CategoricalDistribution([3, 5, 7, 9, 15]),
    "pooling": CategoricalDistribution(["average", "max", "attention", "none"]),
    "se_ratio": CategoricalDistribution([0.25, None]),
    "train.lr": FloatDistribution(1e-3, 1e-2, log=True),
    "train.optimizer": CategoricalDistribution(["adamw", "sgd", "sgd-momentum"]),
    "train.weight_decay": FloatDistribution(1e-5, 1e-1, log=True),
}
_SHARED = ("family", "train.lr", "train.optimizer", "train.weight_decay")


def make_study(database: Database, name: str, trials: int, *, seed: int = 0) -> Study:
    """A study of `trials` complete trials of two families, half each."""
    study = create_study(database, name, Terms(trials), {})
    rng = np.random.default_rng(seed)
    rows = [_trial(rng) for _ in range(trials)]
    with database.engine.begin() as connection:
        first = connection.execute(text("SELECT coalesce(max(trial_id), 0) + 1 FROM trials")).scalar_one()
        cursor = connection.connection.cursor()
        for table, columns, lines in _tables(study.id, first, rows):
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for line in lines:
                    copy.write_row(line)
        connection.execute(text("SELECT setval('trials_trial_id_seq', max(trial_id)) FROM trials"))
        for table in ("trials", "trial_params", "trial_values", "trial_user_attributes"):
            connection.execute(text(f"ANALYZE {table}"))
    return study


def _trial(rng: np.random.Generator) -> tuple[dict[str, float], tuple[float, float], dict[str, Any]]:
    """One trial: parameters as the database keeps them, values and attributes."""
    stored = {name: _draw(kind, rng) for name, kind in _PARAMS.items()}
    drawn = {name: kind.to_external_repr(stored[name]) for name, kind in _PARAMS.items()}
    blocks = drawn["stages"] * drawn["depth"]
    flops = float(round(4e3 * blocks * drawn["kernel"] * drawn["width"] ** 1.5))
    learns = {"adamw": 1.0, "sgd-momentum": 1.05, "sgd": 1.15}[drawn["train.optimizer"]]
    off = abs(np.log10(drawn["train.lr"] / 3e-3)) * 0.1
    error = (0.1 + 2 * flops**-0.2 * learns + off) * np.exp(0.03 * rng.normal())
    score = float(1 - min(error, 0.6))
    family = drawn["family"]
    named = {key if key in _SHARED else f"{family}.{key}": value for key, value in stored.items()}
    attrs = {
        "params": int(flops // 300),
        "flops": int(flops),
        "receptive_field": int(blocks * drawn["kernel"] * 4),
        "stages": int(drawn["stages"]),
        "macro_auroc": score + 0.05,
        "macro_auprc": score - 0.1,
        "macro_f1": score - 0.2,
        "ece": 0.05,
        "train_flops": 3e4 * flops,
        "train_seconds": flops / 1e6,
        "sampler": "uniform",
        "balanced_accuracy_ci95": [score - 0.02, score + 0.02],
    }
    return named, (score, flops), attrs


def _draw(kind: BaseDistribution, rng: np.random.Generator) -> float:
    """A value as the database keeps it, uniform over the distribution."""
    if isinstance(kind, CategoricalDistribution):
        return float(rng.integers(len(kind.choices)))
    if isinstance(kind, IntDistribution):
        return float(rng.choice(np.arange(kind.low, kind.high + 1, kind.step)))
    assert isinstance(kind, FloatDistribution)
    return float(np.exp(rng.uniform(np.log(kind.low), np.log(kind.high))))


def _tables(study: int, first: int, rows: list[Any]) -> Iterator[tuple[str, str, Iterable[tuple[Any, ...]]]]:
    kinds = {name: distribution_to_json(kind) for name, kind in _PARAMS.items()}
    numbered = list(enumerate(rows, first))
    yield (
        "trials",
        "trial_id, study_id, number, state, datetime_start, datetime_complete",
        ((i, study, i - first, "COMPLETE", "2026-01-01", "2026-01-01") for i, _ in numbered),
    )
    yield (
        "trial_params",
        "trial_id, param_name, param_value, distribution_json",
        (
            (i, name, value, kinds.get(name) or kinds[name.split(".")[1]])
            for i, (params, _, _) in numbered
            for name, value in params.items()
        ),
    )
    yield (
        "trial_values",
        "trial_id, objective, value, value_type",
        ((i, objective, value, "FINITE") for i, (_, values, _) in numbered for objective, value in enumerate(values)),
    )
    yield (
        "trial_user_attributes",
        "trial_id, key, value_json",
        ((i, key, json.dumps(value)) for i, (_, _, attrs) in numbered for key, value in attrs.items()),
    )
