"""Recommendations as rows of `report.json`."""

from typing import Any

from analysis.recommend import Prediction, Recommendation, Recommendations
from analysis.trials import Trials


def recommended_rows(complete: Trials, found: Recommendations) -> list[dict[str, Any]]:
    """One row per budget: the best trial within it and, as `candidate`, an untried network that may be better.

    `flops` is the budget, where it is one of FLOPs; `params` and `attrs` are the trial's.
    """
    return [_row(complete, row) for row in found.rows]


def _row(complete: Trials, row: Recommendation) -> dict[str, Any]:
    tried = row.tried
    candidate = row.untried
    return {
        "budget": {row.budget.by: row.budget.limit},
        "flops": row.budget.limit if row.budget.by == "flops" else None,
        "trials": row.trials,
        "number": None if tried is None else tried.number,
        "params": None if tried is None else complete.drawn(tried.number),
        "attrs": None if tried is None else complete.told(tried.number),
        "values": None if tried is None else complete.values.loc[tried.number].to_dict(),
        "observed": None if tried is None else tried.score,
        **_predicted(None if tried is None else tried.predicted),
        "candidates": row.candidates,
        "candidate": None
        if candidate is None
        else {"params": candidate.params, "attrs": candidate.attrs, **_predicted(candidate.predicted)},
        "try_candidate": row.worth_trying,
    }


def _predicted(prediction: Prediction | None) -> dict[str, Any]:
    if prediction is None:
        return {"predicted": None, "predicted_ci95": None}
    return {"predicted": prediction.score, "predicted_ci95": list(prediction.ci95)}
