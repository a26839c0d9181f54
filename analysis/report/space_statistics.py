"""Distributions of error and good values as parts of `report.json`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.analyze import Analysis
from analysis.design_space import Edf, edf
from analysis.regions.timeline import RegionHistory
from analysis.spaces import Spaces
from analysis.trials import STUDY

MIN_INSIDE = 8  # trials; the distribution of fewer says nothing
_MOST_STEPS = 200


def edf_rows(spaces: Spaces) -> list[dict[str, Any]]:
    """One row per part of the space: the distribution of its error, and how it compares with the rest."""
    return [
        {
            "group": column,
            "value": part.value,
            "error": spaces.error,
            "n": part.edf.n,
            **steps(part.edf),
            "quantiles": {str(share): part.edf.quantile(share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)},
            "against_the_rest": asdict(part.against_the_rest),
        }
        for column, parts in spaces.parts.items()
        for part in parts
    ]


def good_value_rows(spaces: Spaces) -> list[dict[str, Any]]:
    return [asdict(row) for row in spaces.good_values]


def region_edfs(analysis: Analysis, histories: Sequence[RegionHistory]) -> list[dict[str, Any]] | None:
    """Of each study that was narrowed, the error of the complete trials inside what is searched now, and of all.

    Inside are trials whose parameters lie there, whenever they were drawn. None where no study has
    enough of them and some that lie outside.
    """
    return [row for history in histories for row in _region_edf(analysis, history)] or None


def _region_edf(analysis: Analysis, history: RegionHistory) -> list[dict[str, Any]]:
    complete, error, region = analysis.complete, analysis.error, history.current
    if error is None or region.is_whole:
        return []
    several = bool(complete.studies)
    mine = (complete.attrs[STUDY] == history.study).to_numpy() if several else np.ones(len(complete), dtype=bool)
    inside = mine & np.array([complete.drawn(number) in region for number in complete.state.index], dtype=bool)
    if inside.sum() < MIN_INSIDE or inside.sum() == mine.sum():
        return []
    name = f"{history.study}: " if several else ""
    parts = {f"{name}inside the narrowed space": inside, f"{name}the whole space": mine}
    found = {value: edf(error.values[members]) for value, members in parts.items()}
    return [{"value": value, "error": error.name, "n": part.n, **steps(part)} for value, part in found.items()]


def steps(found: Edf) -> dict[str, list[float]]:
    """At most so many steps as a figure can show."""
    kept = np.unique(np.linspace(0, len(found.x) - 1, min(len(found.x), _MOST_STEPS)).astype(int))
    return {"x": [found.x[i] for i in kept], "share": [found.share[i] for i in kept]}
