"""Blind probes of the whole space against the cuts in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.regions.cuts import difference
from analysis.regions.finished import Finished
from analysis.regions.held_out import check
from analysis.regions.networks import inside, outside
from analysis.regions.region import Part, Region, Scalar, SubRange, SubSet
from analysis.regions.review import Change, Evidence, Kind, Review, current
from analysis.regions.strata import band_of, bands

_RIVALS = 10  # kept trials that cost no more: a front of fewer is beaten by chance
_PER_BAND = 8
_NO_BETTER = 0.5  # of the pairs


@dataclass(frozen=True)
class _InForce:
    """A cut in force: what it removed, and the newest trial by then."""

    removed: Part
    newest: int


def contradicted(finished: Finished, wide: Region, history: Sequence[Review]) -> list[Change]:
    """The parts to give back, of each parameter one at a time.

    A probe from there, drawn since the cut, beats the front of the region at its cost; or the probes from there are not
    behind those from within.

    Args:
        finished: all finished trials.
    """
    region = current(history)
    found = (_first_contradicted(finished, wide, region, history, name) for name in region.parts)
    return [change for change in found if change is not None]


def _first_contradicted(
    finished: Finished, wide: Region, region: Region, history: Sequence[Review], name: str
) -> Change | None:
    part, whole = region.parts[name], wide.parts[name]
    for cut in sorted(_cuts_in_force(whole, history, name), key=lambda cut: -cut.newest):
        since = finished.probe & (finished.numbers > cut.newest)
        beyond = since & outside(finished.params, name, part) & ~outside(finished.params, name, cut.removed)
        evidence = _beats_the_front(finished, region, beyond) or _not_behind(finished, region, name, since, beyond)
        if evidence is not None:
            wider = _with(part, cut.removed, whole)
            given_back = difference(wider, part)
            return Change(Kind.REOPENED, name, given_back, None if wider == whole else wider, evidence)
    return None


def _cuts_in_force(whole: Part, history: Sequence[Review], name: str) -> list[_InForce]:
    """The cuts that led to the parameter's part."""
    parts = [(review.region.parts.get(name, whole), review.newest) for review in history]
    if isinstance(whole, SubSet):
        return _choices_out(whole, parts)
    lows = _ends([(-whole.low, -1), *((-part.low, newest) for part, newest in parts if isinstance(part, SubRange))])
    highs = _ends([(whole.high, -1), *((part.high, newest) for part, newest in parts if isinstance(part, SubRange))])
    return [
        *(_InForce(SubRange(-before, -after), newest) for before, after, newest in lows),
        *(_InForce(SubRange(after, before), newest) for before, after, newest in highs),
    ]


def _choices_out(whole: SubSet, parts: Sequence[tuple[Part, int]]) -> list[_InForce]:
    """Choices that are out, together with those that went at the same time."""
    out: dict[Scalar, int] = {}
    for part, newest in parts:
        for value in whole.values:
            if value in part:
                out.pop(value, None)
            else:
                out.setdefault(value, newest)
    times = sorted(set(out.values()))
    return [_InForce(SubSet(tuple(value for value in whole.values if out.get(value) == at)), at) for at in times]


def _ends(seen: Sequence[tuple[float, int]]) -> list[tuple[float, float, int]]:
    """From an upper end over time, the steps down that are in force: before, after and when."""
    steps: list[tuple[float, int]] = []
    for end, newest in seen:
        while steps and steps[-1][0] < end:
            steps.pop()
        if not steps or steps[-1][0] > end:
            steps.append((end, newest))
    return [(before, after, newest) for (before, _), (after, newest) in pairwise(steps)]


def _with(part: Part, removed: Part, whole: Part) -> Part:
    """A part with what was removed; of a range also what lies between."""
    if isinstance(whole, SubSet):
        return SubSet(tuple(value for value in whole.values if value in part or value in removed))
    assert isinstance(part, SubRange) and isinstance(removed, SubRange)
    return SubRange(min(part.low, removed.low), max(part.high, removed.high))


def _beats_the_front(finished: Finished, region: Region, beyond: np.ndarray) -> Evidence | None:
    kept = inside(finished.params, region) & finished.complete
    score, cost = finished.score[kept], finished.log_cost[kept]
    for row in np.flatnonzero(beyond & finished.complete):
        rivals = score[cost <= finished.log_cost[row]]
        if len(rivals) >= _RIVALS and finished.score[row] > rivals.max():
            ahead = finished.score[row] - rivals.max()
            why = (
                f"trial {finished.numbers[row]}, a probe from there, is {ahead:.3f} above the best of the "
                f"{len(rivals)} trials of the region that cost no more"
            )
            return Evidence(int(beyond.sum()), int(kept.sum()), why=why)
    return None


def _not_behind(
    finished: Finished, region: Region, name: str, since: np.ndarray, beyond: np.ndarray
) -> Evidence | None:
    alone = beyond & inside(finished.params, region.but(name, None))
    both = finished.where((since & inside(finished.params, region)) | alone)
    gone = outside(both.params, name, region.parts[name])
    found = check(both.below, gone, band_of(both.log_cost, bands(both.log_cost, _PER_BAND)))
    if found is None or found.superiority > _NO_BETTER:
        return None
    why = "probes from there are not behind those from the region"
    return Evidence(found.n_cut, found.n_kept, check=found, why=why)
