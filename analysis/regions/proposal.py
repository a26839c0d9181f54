"""Which cuts the trials propose, and which of those the held-out trials confirm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analysis.regions.cuts import Cut, possible_cuts
from analysis.regions.finished import Finished
from analysis.regions.held_out import check
from analysis.regions.networks import Space, outside
from analysis.regions.region import Region
from analysis.regions.review import Check, Evidence
from analysis.regions.strata import band_of, bands
from analysis.regions.support import RULE, Rule, Support

_PER_BAND = 8  # held-out trials


@dataclass(frozen=True)
class Proposed:
    """A cut with its evidence, and whether it is confirmed."""

    cut: Cut
    evidence: Evidence
    confirmed: bool


def propose(
    finished: Finished, space: Space, region: Region, since: Mapping[str, int], *, rule: Rule = RULE, seed: int = 0
) -> Iterator[Proposed]:
    """Cuts of `region` that the proposing trials support, those that remove most networks first.

    Blind trials of odd numbers are held out, all others propose. A cut is confirmed where the held-out trials say so,
    and all trials together, which know twice as much of rare networks, still support it.

    Args:
        finished: all finished trials.
        since: by parameter, the trial number beyond which evidence counts: it was given back there.
    """
    inside, networks = finished.within(region), space.networks.within(region)
    held_out = inside.blind & (inside.numbers % 2 == 1)
    proposing = Support(inside.where(~held_out), networks, rule=rule, seed=seed)
    together = Support(inside, networks, rule=rule, seed=seed)
    found = []
    for group in possible_cuts(inside.where(~held_out).params, networks.params, space.wide, region):
        found += _deepest(group, proposing, since)
    for cut, evidence in sorted(found, key=lambda one: -proposing.share_of_networks(one[0])):
        checked = _check(inside.where(held_out), cut, since, seed)
        confirmed = _is_confirmed(checked, rule) and together.evidence(cut, since) is not None
        yield Proposed(cut, replace(evidence, check=checked), confirmed)


def _deepest(group: list[Cut], proposing: Support, since: Mapping[str, int]) -> list[tuple[Cut, Evidence]]:
    """The first cut of a group that is supported."""
    for cut in group:
        evidence = proposing.evidence(cut, since)
        if evidence is not None:
            return [(cut, evidence)]
    return []


def _check(held_out: Finished, cut: Cut, since: Mapping[str, int], seed: int) -> Check | None:
    counted = held_out.where(held_out.numbers > since.get(cut.param, -1))
    band = band_of(counted.log_cost, bands(counted.log_cost, _PER_BAND))
    return check(counted.below, outside(counted.params, cut.param, cut.part), band, seed=seed)


def _is_confirmed(found: Check | None, rule: Rule) -> bool:
    return found is not None and found.p_value <= rule.p_value and found.reverse_p_value >= rule.against
