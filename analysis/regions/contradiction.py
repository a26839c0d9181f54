"""Blind probes of the whole space against the cuts in force."""

from collections.abc import Sequence

import numpy as np

from analysis.regions.cuts import difference
from analysis.regions.finished import Finished
from analysis.regions.held_out import check
from analysis.regions.networks import inside, outside
from analysis.regions.region import Part, Region
from analysis.regions.review import Change, Evidence, Kind, Review
from analysis.regions.strata import band_of, bands

_RIVALS = 10  # kept trials that cost no more: a front of fewer is beaten by chance
_PER_BAND = 8
_NO_BETTER = 0.5  # of the pairs


def contradicted(finished: Finished, wide: Region, history: Sequence[Review]) -> list[Change]:
    """The parts to give back.

    A probe from there, drawn since the cut, beats the front of the region at its cost; or the probes from there are not
    behind those from within.

    Args:
        finished: all finished trials.
    """
    region = history[-1].region if history else Region()
    changes: dict[str, Change] = {}
    for name in region.parts:
        before, newest = _before(history, name)
        since = finished.probe & (finished.numbers > newest)
        beyond = since & outside(finished.params, name, region.parts[name])
        if before is not None:
            beyond &= ~outside(finished.params, name, before)
        evidence = _beats_the_front(finished, region, beyond) or _not_behind(finished, region, name, since, beyond)
        if evidence is not None:
            changes[name] = Change(Kind.REOPENED, name, _given_back(wide, region, name, before), before, evidence)
    return list(changes.values())


def _before(history: Sequence[Review], name: str) -> tuple[Part | None, int]:
    """The parameter's part before the newest cut of it, and the newest trial known at that cut."""
    part = history[-1].region.parts.get(name)
    cut_at = history[-1]
    for review in reversed(history):
        if review.region.parts.get(name) != part:
            return review.region.parts.get(name), cut_at.newest
        cut_at = review
    return None, cut_at.newest


def _given_back(wide: Region, region: Region, name: str, before: Part | None) -> Part:
    return difference(before or wide.parts[name], region.parts[name])


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
    return Evidence(
        found.n_cut, found.n_kept, check=found, why="probes from there are not behind those from the region"
    )
