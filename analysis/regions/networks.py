"""Networks that could be trained, and which of them, or of the trials, lie in a part of the space."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.regions.region import Part, Region
from analysis.trials import is_missing


@dataclass(frozen=True)
class Networks:
    """Candidates of the whole space.

    Attributes:
        params: n x parameters.
        log_cost: log10 of the cost, n.
    """

    params: pd.DataFrame
    log_cost: np.ndarray

    def within(self, region: Region) -> "Networks":
        """Those of a region."""
        kept = inside(self.params, region)
        return Networks(self.params[kept], self.log_cost[kept])


@dataclass(frozen=True)
class Space:
    """The whole design space.

    Attributes:
        wide: a part for every parameter.
        networks: that could be trained, drawn uniformly.
    """

    wide: Region
    networks: Networks


def inside(params: pd.DataFrame, region: Region) -> np.ndarray:
    """Which rows lie in a region."""
    kept = np.ones(len(params), dtype=bool)
    for name, part in region.parts.items():
        kept &= ~outside(params, name, part)
    return kept


def outside(params: pd.DataFrame, name: str, part: Part) -> np.ndarray:
    """Which rows have the parameter, with a value that is not in the part."""
    if name not in params:
        return np.zeros(len(params), dtype=bool)
    return np.array([not is_missing(value) and value not in part for value in params[name]], dtype=bool)
