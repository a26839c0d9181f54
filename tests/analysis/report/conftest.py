"""Trials to report on, without a database."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.analyze import Analysis, analyze
from analysis.fronts import find_fronts
from analysis.question import Question
from analysis.report import Material
from analysis.trials import STUDY_OBJECTIVES, tabulate
from storage.trial_columns import Column, TrialColumns


def _column(values):
    held = {number: value for number, value in enumerate(values) if value is not ...}
    return Column(list(held), list(held.values()))


def _trials(n: int):
    """`n` complete trials on a known law, and one that failed."""
    rng = np.random.default_rng(0)
    flops = [float(round(10 ** rng.uniform(6, 8))) for _ in range(n)]
    scores = [0.95 - 2 * x**-0.2 - 0.05 * rng.random() for x in flops]
    family = ["resnet" if i % 2 else "convnext" for i in range(n)]
    width = [int(rng.integers(1, 9)) * 8 for _ in range(n)]
    columns = TrialColumns(
        numbers=list(range(n + 1)),
        states=["complete"] * n + ["fail"],
        objectives=[_column(scores), _column(flops)],
        params={
            "family": _column([*family, "resnet"]),
            "resnet.width": _column([w if f == "resnet" else ... for w, f in zip(width, family, strict=True)]),
            "convnext.width": _column([w if f == "convnext" else ... for w, f in zip(width, family, strict=True)]),
            "train.lr": _column([float(rng.uniform(1e-3, 1e-2)) for _ in range(n)]),
        },
        attrs={
            "params": _column([1000 + i for i in range(n)]),
            "flops": _column([int(x) for x in flops]),
            "balanced_accuracy_ci95": _column([[s - 0.02, s + 0.02] for s in scores]),
            "fail_reason": _column([...] * n + ["nan"]),
        },
    )
    return tabulate(columns, STUDY_OBJECTIVES)


def _analysis(n: int) -> Analysis:
    return analyze(_trials(n), Question.of_study(shap=False))


def _material(n: int, *, name: str = "a study", tests: bool = True) -> Material:
    study = {"name": name, "trials": 200, "counted": n, "seed": 0, "version": "0", "recipe": None}
    study |= {"epochs": 1, "batch_size": 32, "precision": "fp32", "crop": None, "scoring": "whole"}
    study["space"] = {
        "families": {"resnet": {}, "convnext": {}},
        "train": {"lr": {"low": 1e-3, "high": 1e-2}},
        "budget": {},
    }
    study |= {"sampler": "default", "drawn_by": {"known-cost": 5, "uniform": 3}, "early_stopping": True, "ended": None}
    store = {"fingerprint": "f" * 64, "vocabulary": "v", "leads": 12, "length": 1000, "rate": 100.0, "records": 9}
    store |= {"classes": 5, "sources": {"synthetic": 9}}
    scores = {number: {"balanced_accuracy": 0.5} if tests else None for number in range(n)}
    spent = {"finished": 900.0, "stopped early": 60.0, "lease expired": 30.0}
    return Material(name, study, store, {"over_budget": 3}, scores, "out of reach", spent=spent)


@pytest.fixture(scope="session")
def crowded_analysis(report_analysis):
    """Makes analyses of so many trials with their front, all else that of 100: the questions take seconds."""

    def analysis(n: int) -> Analysis:
        trials = _trials(n)
        complete = trials.complete()
        groups = Question.of_study().group_columns(complete)
        return replace(report_analysis(100), trials=trials, complete=complete, fronts=find_fronts(complete, {}, groups))

    return analysis


@pytest.fixture(scope="session")
def report_material():
    return _material


@pytest.fixture(scope="session")
def report_analysis():
    """Analyses of so many trials, each made once."""
    made: dict[int, Analysis] = {}

    def analysis(n: int) -> Analysis:
        if n not in made:
            made[n] = _analysis(n)
        return made[n]

    return analysis
