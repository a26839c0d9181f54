"""How the trials were drawn: a sampler that learns looks at some of the space only, and importance sees what it saw."""

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

UNIFORM_SAMPLERS = frozenset({"uniform", "random"})
_PART = "part of the space"
WHOLE_ARM = "wide"


class Drawn(StrEnum):
    """Who chose the parameters of the trials."""

    UNIFORMLY = "uniformly"
    ADAPTIVELY = "adaptively"
    MIXED = "mixed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Draws:
    """How many of n trials were drawn uniformly; of `n_unknown` it is not known."""

    n: int
    n_uniform: int
    n_unknown: int

    @property
    def how(self) -> Drawn:
        if self.n_unknown == self.n:
            return Drawn.UNKNOWN
        if self.n_uniform == self.n:
            return Drawn.UNIFORMLY
        return Drawn.MIXED if self.n_uniform + self.n_unknown else Drawn.ADAPTIVELY

    @property
    def caveat(self) -> str:
        """What it means for importances, as a sentence; empty where trials were drawn uniformly."""
        match self.how:
            case Drawn.UNIFORMLY:
                return ""
            case Drawn.UNKNOWN:
                who = "It is not known how these trials were drawn; if a sampler that learns chose them"
            case Drawn.ADAPTIVELY:
                who = "A sampler that learns chose these trials"
            case Drawn.MIXED:
                who = (
                    f"{self.n_uniform} of these {self.n} trials were drawn uniformly, others by a sampler that learns "
                    "or from a part of the space"
                )
        return f"{who}: importances then tell of where it looked, not of the whole space."


def samplers_of(attrs: pd.DataFrame) -> pd.Series | None:
    """Who drew each trial, of its attributes; what was drawn from a region or an arm alone is no uniform draw."""
    if "sampler" not in attrs:
        return None
    within = pd.Series(False, attrs.index)
    if "region" in attrs:
        within |= attrs["region"].notna()
    if "arm" in attrs:
        within |= attrs["arm"].notna() & (attrs["arm"] != WHOLE_ARM)
    return attrs["sampler"].mask(within, _PART)


def drawn_uniformly(samplers: pd.Series) -> pd.Series:
    """True for the trials that a uniform sampler drew; False also where the sampler's name is missing."""
    return samplers.isin(UNIFORM_SAMPLERS)


def count_draws(samplers: pd.Series | None, n: int) -> Draws:
    """Of n trials with one sampler's name each; without any names all are unknown."""
    if samplers is None:
        return Draws(n, 0, n)
    return Draws(n, int(drawn_uniformly(samplers).sum()), int(samplers.isna().sum()))
