"""Laws and scaling rules as parts of `report.json`."""

from typing import Any

from analysis.laws.frontier import FrontierLaw
from analysis.laws.isoflop import IsoflopLaw
from analysis.laws.law import Law
from analysis.laws.quantile import QuantileLaw
from analysis.scaling import Scaling

Row = dict[str, Any]


def law_rows(scaling: Scaling) -> list[Row]:
    """One row per law that something could be fitted to; the law of the compute frontier comes first.

    Its `points` are the frontier, those above `holdout.x_over` were held out and have their `predicted` y beside them,
    and `band` is the fitted curve with its pointwise 95 % interval: {x, y, low, high}.
    """
    error, cost = scaling.error, scaling.cost
    rows: list[Row] = [
        _frontier(scaling.frontier, cost, error),
        _envelope(scaling.envelope, cost, error),
        _quantile(scaling.best_tenth, cost, error),
        _law(scaling.offset, cost, f"{error}, {scaling.frontier.through}"),
    ]
    if scaling.by_size is not None:
        rows.append(_frontier(scaling.by_size, "params", error))
    if scaling.size_and_data is not None:
        rows.append(_law(scaling.size_and_data, ["params", "train.data_fraction"], error))
    if scaling.best_size is not None:
        rows.append(_isoflop(scaling.best_size, cost))
    return [row | {"left_out": scaling.left_out} for row in rows]


def rule_rows(scaling: Scaling) -> list[Row]:
    return [
        {
            "param": rule.param,
            "movement": rule.movement.value,
            "scale": rule.scale.value,
            "per_decade": rule.per_decade,
            "ci95": rule.ci95,
            "exponent": rule.exponent,
            "n": rule.n,
            "points": {"x": rule.flops, "y": rule.values},
            "band": rule.band,
            "sentence": rule.sentence,
        }
        for rule in scaling.rules
    ]


def _row(form: str, x: str | list[str], y: str, law: FrontierLaw | IsoflopLaw | Law | QuantileLaw) -> Row:
    return {
        "form": form,
        "x": x,
        "y": y,
        "params": dict(law.params) or None,
        "ci95": dict(law.ci95) or None,
        "status": law.status.value,
        "reason": law.reason,
        "n": law.n,
        "holdout": None,
    }


def _frontier(law: FrontierLaw, x: str, error: str) -> Row:
    row = _row("power", x, f"{error}, {law.through}", law)
    return row | {
        "holdout": law.holdout,
        "points": {"x": law.x, "y": law.y},
        "predicted": law.predicted,
        "band": law.band,
    }


def _envelope(law: FrontierLaw, x: str, error: str) -> Row:
    """Without its intervals, which cover the truth in 58 to 93 % of samples only."""
    return _frontier(law, x, error) | {"ci95": None, "band": None}


def _quantile(law: QuantileLaw, x: str, error: str) -> Row:
    return _row("power", x, f"{error}, which {law.quantile:.0%} of the trials stay below", law)


def _law(law: Law, x: str | list[str], y: str) -> Row:
    row = _row(law.form.value, x, y, law)
    return row | {"holdout": law.holdout, "objective": law.objective, "saturation": law.saturation, "band": law.band}


def _isoflop(law: IsoflopLaw, cost: str) -> Row:
    return _row("isoflop", cost, "params of the least error", law) | {"optima": law.optima}
