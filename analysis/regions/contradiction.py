"""Blind probes of the whole space against the cuts in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.regions.cuts import difference
from analysis.regions.finished import Finished
from analysis.regions.held_out import check
from analysis.regions.networks import inside, outside
from analysis.regions.region import Part, Region, SubSet
from analysis.regions.review import Change, Evidence, Kind, Review, current
from analysis.regions.strata import band_of, bands

_RIVALS = 10  # kept trials that cost no more: a front of fewer is beaten by chance
_PER_BAND = 8
_NO_BETTER = 0.5  # of the pairs


@dataclass(frozen=True)
class _InForce:
    """A cut in force: from one part to another, and the newest trial by then."""

    before: Part
    after: Part
    newest: int

    @property
    def removed(self) -> Part:
        return difference(self.before, self.after)


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
    for cut in _cuts_in_force(wide.parts[name], history, name):
        since = finished.probe & (finished.numbers > cut.newest)
        beyond = since & outside(finished.params, name, cut.after) & ~outside(finished.params, name, cut.before)
        evidence = _beats_the_front(finished, region, beyond) or _not_behind(finished, region, name, since, beyond)
        if evidence is not None:
            part = _with(region.parts[name], cut, wide.parts[name])
            return Change(Kind.REOPENED, name, cut.removed, None if part == wide.parts[name] else part, evidence)
    return None


def _cuts_in_force(whole: Part, history: Sequence[Review], name: str) -> Iterator[_InForce]:
    """The cuts that led to the parameter's part, the newest first."""
    parts = [(whole, -1)]
    for review in history:
        part = review.region.parts.get(name, whole)
        while not _holds(parts[-1][0], part):
            parts.pop()
        if part != parts[-1][0]:
            parts.append((part, review.newest))
    for (before, _), (after, newest) in zip(parts[-2::-1], parts[:0:-1], strict=True):
        yield _InForce(before, after, newest)


def _holds(large: Part, small: Part) -> bool:
    values = small.values if isinstance(small, SubSet) else (small.low, small.high)
    return all(value in large for value in values)


def _with(part: Part, cut: _InForce, whole: Part) -> Part:
    """A part with what a cut had removed; of a range also what lies between."""
    if isinstance(part, SubSet) and isinstance(whole, SubSet):
        return SubSet(tuple(value for value in whole.values if value in part or value in cut.removed))
    return cut.before


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
