"""Importance and interactions as parts of `report.json`."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.importance import FOLDS, Importance, Interaction

Row = dict[str, Any]
_MOST_POINTS = 2000


def surrogate_with_points(ranked: Importance) -> Row | None:
    """As `surrogate`, with `points`: observed and predicted score of held-out trials, at most 2,000 drawn at random."""
    told = surrogate(ranked)
    return None if told is None else told | {"points": _points(ranked)}


def _points(ranked: Importance) -> Row | None:
    found = ranked.predictions
    if found is None:
        return None
    kept = np.sort(np.random.default_rng(0).permutation(len(found.trials))[:_MOST_POINTS])
    columns = {"number": found.trials, "fold": found.fold, "observed": found.observed, "predicted": found.predicted}
    return {name: [column[place] for place in kept] for name, column in columns.items()}


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


def importance_by(by: dict[str, dict[str, Importance]]) -> dict[str, list[Row] | None]:
    """The ranking of each group, `COLUMN=VALUE`."""
    return {_group(*names): importance_rows(ranked) for *names, ranked in _groups(by)}


def surrogate_by(by: dict[str, dict[str, Importance]]) -> dict[str, Row | None]:
    """The forests of each group."""
    return {_group(*names): surrogate(ranked) for *names, ranked in _groups(by)}


def why_by(by: dict[str, dict[str, Importance]]) -> dict[str, str]:
    """For each group without a ranking why there is none."""
    return {f"importance_by.{_group(*names)}": ranked.doubt for *names, ranked in _groups(by) if not ranked.params}


def _groups(by: dict[str, dict[str, Importance]]) -> Iterator[tuple[str, str, Importance]]:
    return ((column, value, ranked) for column, groups in by.items() for value, ranked in groups.items())


def _group(column: str, value: str) -> str:
    return f"{column}={value}"


def interaction_rows(found: tuple[Interaction, ...]) -> list[Row]:
    return [asdict(one) | {"found": one.is_found} for one in found]
