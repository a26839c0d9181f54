"""Trials to report on, without a database."""

import numpy as np
import pytest
from optuna.trial import FrozenTrial, TrialState

from analysis.report import Material
from analysis.trials import Direction, Objective, tabulate

OBJECTIVES = (Objective("balanced_accuracy", Direction.MAXIMIZE), Objective("flops", Direction.MINIMIZE))


def _trial(number, state, params, attrs, values=None):
    return FrozenTrial(number, state, None, None, None, params, {}, attrs, {}, {}, number + 1, values=values)


def _material(n: int, *, name: str = "a study", tests: bool = True) -> Material:
    """`n` complete trials on a known law, and one that failed."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(n):
        family = ["resnet", "convnext"][number % 2]
        flops = float(round(10 ** rng.uniform(6, 8)))
        score = 0.95 - 2 * flops**-0.2 - 0.05 * rng.random()
        params = {
            "family": family,
            f"{family}.width": int(rng.integers(1, 9)) * 8,
            "train.lr": float(rng.uniform(1e-3, 1e-2)),
        }
        attrs = {"params": 1000 + number, "flops": int(flops)}
        rows.append(_trial(number, TrialState.COMPLETE, params, attrs, [score, flops]))
    rows.append(_trial(n, TrialState.FAIL, {"family": "resnet"}, {"fail_reason": "nan"}))
    study = {"name": name, "trials": 200, "seed": 0, "epochs": 1, "batch_size": 32, "precision": "fp32", "version": "0"}
    study |= {"sampler": "default", "drawn_by": {"known-cost": 5, "uniform": 3}, "early_stopping": True, "ended": None}
    store = {"fingerprint": "f" * 64, "vocabulary": "v", "leads": 12, "length": 1000, "rate": 100.0, "records": 9}
    scores = {number: {"balanced_accuracy": 0.5} if tests else None for number in range(n)}
    return Material(study, store, tabulate(rows, OBJECTIVES), {"over_budget": 3}, scores, "out of reach")


@pytest.fixture(scope="session")
def report_material():
    return _material
