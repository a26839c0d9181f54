"""The cuts that could be made: an end of a range, one of several choices."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import is_present
from analysis.regions.region import Part, Region, Scalar, SubRange, SubSet

_STEPS = 8  # places at which a range may be cut, at each end


@dataclass(frozen=True)
class Cut:
    """A parameter with less of its values.

    Attributes:
        removed: what is cut.
        part: what is left.
    """

    param: str
    removed: Part
    part: Part

    @property
    def place(self) -> tuple[object, ...]:
        """Where it is: a choice, or an end of the range."""
        if isinstance(self.removed, SubRange) and isinstance(self.part, SubRange):
            return self.param, self.removed.low < self.part.low
        return self.param, self.removed


def possible_cuts(tried: pd.DataFrame, networks: pd.DataFrame, wide: Region, region: Region) -> Iterator[list[Cut]]:
    """Every cut of a region, in groups of which at most one is wanted, the deepest first.

    A group is one end of a range, or one choice. What lies beyond the last tried value is never cut: a range then
    begins at the value next to it.

    Args:
        tried: parameters of the trials within the region.
        networks: parameters of networks within it, which tell what values there are.
        wide: a part for every parameter.
    """
    for name, whole in wide.parts.items():
        part = region.parts.get(name, whole)
        if isinstance(part, SubSet):
            yield from ([Cut(name, SubSet((value,)), _without(part, value))] for value in _spare(part))
        elif name in tried and name in networks:
            values, existing = _numbers(tried[name]), _numbers(networks[name])
            yield [
                Cut(name, SubRange(part.low, last), SubRange(first, part.high))
                for last, first in _places(values, existing)
            ]
            yield [
                Cut(name, SubRange(-last, part.high), SubRange(part.low, -first))
                for last, first in _places(-values[::-1], -existing[::-1])
            ]


def difference(before: Part, after: Part) -> Part:
    """What `before` holds beyond `after`, which is a part of it; all of it where both ends of a range differ."""
    if isinstance(before, SubSet):
        return SubSet(tuple(value for value in before.values if value not in after))
    assert isinstance(after, SubRange)
    low = before.low if before.low != after.low else after.high
    high = before.high if before.high != after.high else after.low
    return SubRange(low, high)


def _without(part: SubSet, value: object) -> SubSet:
    return SubSet(tuple(kept for kept in part.values if kept is not value and kept != value))


def _spare(part: SubSet) -> tuple[Scalar, ...]:
    """Choices of which one may go: none where it is the only one."""
    return part.values if len(part.values) > 1 else ()


def _numbers(column: pd.Series) -> np.ndarray:
    """The different numbers of a column, ascending."""
    return np.unique(column[is_present(column)].to_numpy(dtype=float))


def _places(tried: np.ndarray, existing: np.ndarray) -> list[tuple[float, float]]:
    """Where the lower end may be cut, the deepest place first: the last tried value cut, and the first that is kept."""
    chosen = np.unique(np.linspace(0, len(tried) - 1, min(len(tried), _STEPS + 1)).astype(int))[1:]
    pairs = [(float(tried[place - 1]), float(tried[place])) for place in chosen[::-1]]
    return [(_whole(last), _whole(_next(last, first, existing))) for last, first in pairs]


def _next(last: float, first: float, existing: np.ndarray) -> float:
    """The first value beyond `last`, at most `first`; shortened where that changes nothing."""
    beyond = existing[(existing > last) & (existing <= first)]
    found = float(beyond[0]) if len(beyond) else first
    short = float(f"{found:.3g}")
    return short if last < short <= found else found


def _whole(number: float) -> float:
    return int(number) if float(number).is_integer() else float(number)
