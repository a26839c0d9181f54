"""From a study's tables to the contract of a report, `report.json`.

A key whose data are too few, or whose analysis does not exist yet, is null, and `why[key]` says why.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.findings import counted, findings
from analysis.importance import FOLDS, MIN_TRIALS, Importance, importance
from analysis.laws import MIN_POINTS, TRIALS_PER_POINT, PowerLaw, Status, fit_power_law
from analysis.pareto import default_reference, hypervolume, pareto_mask
from analysis.trials import Direction, Trials

_LOG_AXES = (False, True)
_DRAFT_REASONS = ("over_budget", "repeated", "outside_region", "uniform_fallback")
_TO_COME = ("importance_by", "edf", "labels", "regions", "recommended")
_NOT_YET = "this version of ecgscale does not compute it yet"


@dataclass(frozen=True)
class Material:
    """Everything a report is made from.

    Attributes:
        study, store: what the report says about them: names and settings, no secrets.
        trials: all trials.
        drafts: dropped drafts by reason.
        tests: scores on the untouched fold by trial number; None where they could not be had.
        untested: why they could not.
    """

    study: Mapping[str, Any]
    store: Mapping[str, Any]
    trials: Trials
    drafts: Mapping[str, int]
    tests: Mapping[int, Mapping[str, float] | None]
    untested: str = ""


def build_report(material: Material) -> dict[str, Any]:
    """The report as plain data, ready for JSON: no NaN, no infinities."""
    complete = material.trials.complete()
    why = dict.fromkeys(_TO_COME, _NOT_YET)
    ranked = _importance(complete, why)
    law = _law(complete, why)
    report: dict[str, Any] = {
        "study": dict(material.study),
        "store": dict(material.store),
        "trials": {
            state: int((material.trials.state == stored).sum())
            for state, stored in (("complete", "complete"), ("pruned", "pruned"), ("failed", "fail"))
        },
        "drafts": dict.fromkeys(_DRAFT_REASONS, 0) | dict(material.drafts),
        "objectives": [{"name": o.name, "direction": o.direction.value} for o in complete.objectives],
        "pareto": _pareto(complete, material, why),
        "hypervolume": _hypervolume(complete, why),
        "surrogate": None if ranked is None else _surrogate(ranked),
        "importance": None if ranked is None else [asdict(row) | {"shap": None} for row in ranked.params],
        "laws": [_law_entry(law)],
        **dict.fromkeys(_TO_COME),
        "why": why,
    }
    report["findings"] = findings(report, complete, ranked, law)
    cleaned: dict[str, Any] = _plain(report)
    return cleaned


def front(trials: Trials) -> list[int]:
    """Numbers of the complete trials on the Pareto front, cheapest first."""
    complete = trials.complete()
    directions = [objective.direction for objective in complete.objectives]
    members = complete.values[pareto_mask(complete.values.to_numpy(), directions)]
    return [int(number) for number in members.sort_values(complete.objectives[1].name).index]


def _pareto(complete: Trials, material: Material, why: dict[str, str]) -> list[dict[str, Any]]:
    numbers, tests = front(complete), material.tests
    if not numbers:
        why["pareto"] = "no trial is complete yet"
    if any(tests.get(number) is None for number in numbers):
        why["pareto.test"] = material.untested
    return [
        {
            "number": number,
            "values": complete.values.loc[number].to_dict(),
            "test": tests.get(number),
            "params": complete.drawn(number),
            "attrs": complete.attrs.loc[number].to_dict(),
        }
        for number in numbers
    ]


def _hypervolume(complete: Trials, why: dict[str, str]) -> dict[str, Any] | None:
    if not len(complete):
        why["hypervolume"] = "no trial is complete yet"
        return None
    values = complete.values.to_numpy()
    directions = [objective.direction for objective in complete.objectives]
    return asdict(hypervolume(values, directions, default_reference(values, directions), log_axes=_LOG_AXES))


def _importance(complete: Trials, why: dict[str, str]) -> Importance | None:
    ranked = importance(complete.params, complete.values[complete.objectives[0].name])
    if ranked is None:
        reason = (
            f"{counted(len(complete), 'complete trial')}; at least {MIN_TRIALS} are needed, with parameters and scores "
            "that vary"
        )
        why["surrogate"] = why["importance"] = reason
    else:
        why["importance.shap"] = _NOT_YET
    return ranked


def _surrogate(ranked: Importance) -> dict[str, Any]:
    return {
        "model": "random forest",
        "folds": FOLDS,
        "cv_pearson": list(ranked.cv_pearson),
        "cv_pearson_mean": ranked.cv_pearson_mean,
        "n": ranked.n,
    }


def _law(complete: Trials, why: dict[str, str]) -> PowerLaw:
    score, cost = complete.objectives
    assert (score.direction, cost.direction) == (Direction.MAXIMIZE, Direction.MINIMIZE)
    law = fit_power_law(complete.values[cost.name].to_numpy(), 1 - complete.values[score.name].to_numpy())
    if law.status is Status.TOO_FEW_POINTS:
        why["laws"] = (
            f"{counted(len(complete), 'complete trial')}; a law needs {MIN_POINTS} points, each the best of at least "
            f"{TRIALS_PER_POINT} trials of similar FLOPs"
        )
    return law


def _law_entry(law: PowerLaw) -> dict[str, Any]:
    return {
        "form": "power",
        "x": "flops",
        "y": "1 - balanced_accuracy, best in each of equally filled bins of flops",
        "params": law.params or None,
        "ci95": law.ci95 or None,
        "status": law.status.value,
        "n": law.n,
        "holdout": None if law.holdout is None else asdict(law.holdout),
        "points": {"x": law.x, "y": law.y},
    }


def _plain(value: Any) -> Any:
    """The same data in JSON's own types; NaN and infinities become null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) >= 1e6 else value
    return None if value is pd.NA else value
