"""Importance and interactions as parts of `report.json`."""

from dataclasses import asdict
from typing import Any

from analysis.importance import FOLDS, Importance, Interaction

Row = dict[str, Any]


def surrogate(ranked: Importance) -> Row | None:
    """The forests and how well they predict; None without a ranking."""
    if not ranked.params:
        return None
    return {
        "model": ranked.model,
        "folds": FOLDS,
        "cv_pearson": list(ranked.cv_pearson),
        "cv_pearson_mean": ranked.cv_pearson_mean,
        "n": ranked.n,
        "trusted": ranked.trusted,
        "doubt": ranked.doubt or None,
        "drawn": ranked.draws.how.value,
        "caveats": list(ranked.caveats),
        "left_out": list(ranked.left_out),
    }


def importance_rows(ranked: Importance) -> list[Row] | None:
    """One row per parameter, and those of derived numbers behind them; None without a ranking."""
    if not ranked.params:
        return None
    derived = () if ranked.with_derived is None else ranked.with_derived.params
    return [asdict(row) for row in (*ranked.params, *(row for row in derived if row.derived))]


def importance_by(by: dict[str, dict[str, Importance]]) -> dict[str, Row]:
    """The ranking of each group, `GROUP=VALUE`; one that has none says why."""
    return {
        f"{column}={value}": {
            "surrogate": surrogate(ranked),
            "importance": importance_rows(ranked),
            "why": ranked.doubt or None,
        }
        for column, groups in by.items()
        for value, ranked in groups.items()
    }


def interaction_rows(found: tuple[Interaction, ...]) -> list[Row]:
    return [asdict(one) | {"found": one.is_found} for one in found]
