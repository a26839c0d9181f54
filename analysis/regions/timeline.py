"""What was searched of each parameter, over the finished trials."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.regions.region import Part, Region, SubRange
from analysis.regions.review import Change, Kind, Review, current


@dataclass(frozen=True)
class RegionHistory:
    """The regions of one study.

    Attributes:
        study: its name.
        reviews: every look by its version, oldest first.
        wide: a part for every parameter, as the design space has them.
        log: parameters whose range is logarithmic.
        trials: finished by now.
    """

    study: str
    reviews: Sequence[tuple[int, Review]]
    wide: Region
    log: frozenset[str]
    trials: int

    @property
    def current(self) -> Region:
        """The region in force."""
        return current([review for _, review in self.reviews])

    def changes(self, kind: Kind) -> list[Change]:
        """All changes of one kind, oldest first."""
        return [change for _, review in self.reviews for change in review.changes if change.kind is kind]


@dataclass(frozen=True)
class Step:
    """A part that was in force from so many finished trials until so many."""

    since: int
    until: int
    part: Part


@dataclass(frozen=True)
class Mark:
    """A change and when it was made, in finished trials."""

    trials: int
    change: Change


@dataclass(frozen=True)
class Timeline:
    """One parameter.

    Attributes:
        wide: all of it.
        log: whether its range is logarithmic.
        steps: without gaps, from 0 trials to those of today.
    """

    param: str
    wide: Part
    log: bool
    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]

    def share(self, value: float) -> float:
        """Where a value lies between the ends of the wide range, 0 to 1, on the range's own scale."""
        assert isinstance(self.wide, SubRange)
        low, high, at = (math.log(x) if self.log else x for x in (self.wide.low, self.wide.high, value))
        return (at - low) / (high - low) if high > low else 0.0


def timelines(history: RegionHistory) -> list[Timeline]:
    """Of every parameter that was ever cut, in the order of their first cuts."""
    params = dict.fromkeys(change.param for change in history.changes(Kind.CUT))
    return [_timeline(history, param) for param in params if param in history.wide.parts]


def _timeline(history: RegionHistory, param: str) -> Timeline:
    marks = tuple(
        Mark(review.trials, change)
        for _, review in history.reviews
        for change in review.changes
        if change.param == param
    )
    return Timeline(param, history.wide.parts[param], param in history.log, _steps(history, param), marks)


def _steps(history: RegionHistory, param: str) -> tuple[Step, ...]:
    whole = history.wide.parts[param]
    begun = [(0, whole)]
    for _, review in history.reviews:
        part = review.region.parts.get(param, whole)
        if part != begun[-1][1]:
            begun.append((review.trials, part))
    ends = [*(since for since, _ in begun[1:]), max(history.trials, begun[-1][0])]
    return tuple(Step(since, until, part) for (since, part), until in zip(begun, ends, strict=True))
