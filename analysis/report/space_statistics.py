"""Distributions of error and good values as parts of `report.json`."""

from dataclasses import asdict
from typing import Any

import numpy as np

from analysis.design_space import Edf
from analysis.spaces import Spaces

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


def steps(found: Edf) -> dict[str, list[float]]:
    """At most so many steps as a figure can show."""
    kept = np.unique(np.linspace(0, len(found.x) - 1, min(len(found.x), _MOST_STEPS)).astype(int))
    return {"x": [found.x[i] for i in kept], "share": [found.share[i] for i in kept]}
