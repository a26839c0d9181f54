"""Which cuts the trials propose, and which of those the held-out trials confirm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analysis.regions.cuts import Cut, possible_cuts
from analysis.regions.finished import Finished
from analysis.regions.held_out import check
from analysis.regions.networks import Networks, Space, outside
from analysis.regions.region import Region
from analysis.regions.review import Check, Evidence
from analysis.regions.strata import band_of, bands
from analysis.regions.support import Rule, Support
from analysis.regions.words import part_told

_PER_BAND = 8  # held-out trials


@dataclass(frozen=True)
class Proposed:
    """A cut with its evidence, and whether it is confirmed."""

    cut: Cut
    evidence: Evidence
    confirmed: bool


class Proposals:
    """Cuts of a region that the proposing trials support, those that remove most networks first.

    Blind trials of odd numbers are held out, all others propose. A cut is confirmed where the held-out trials say so,
    and all trials together, which know twice as much of rare networks, still support it.

    Attributes:
        nearest: of the cuts that are not supported the one that lacks least, in words; empty without any.
    """

    def __init__(
        self, finished: Finished, space: Space, region: Region, since: Mapping[str, int], *, rule: Rule, seed: int
    ) -> None:
        """
        Args:
            finished: all finished trials.
            since: by parameter, the newest trial when it was given back: only later ones count for it again.
        """
        inside, networks = finished.within(region), space.networks.within(region)
        looks = {after: _Look(inside.since(after), networks, rule, seed) for after in {-1, *since.values()}}
        found: list[tuple[int, _Look, Cut, Evidence]] = []
        missed: list[tuple[int, float, str]] = []
        for group in possible_cuts(inside.params, networks.params, space.wide, region):
            for cut in group:
                size = int(outside(networks.params, cut.param, cut.part).sum())
                look = looks[since.get(cut.param, -1)]
                judged = look.proposing.judge(cut)
                if isinstance(judged, Evidence):
                    found.append((size, look, cut, judged))
                    break
                missed.append((judged.passed, -judged.lacks, f"{cut.param} {part_told(cut.removed)}: {judged.why}"))
        self._found = sorted(found, key=lambda one: -one[0])
        self.nearest = max(missed, default=(0, 0.0, ""))[2]

    def __iter__(self) -> Iterator[Proposed]:
        for _, look, cut, evidence in self._found:
            yield look.confirm(cut, evidence)


class _Look:
    """Some of a region's trials, divided into those that propose and those that are held out."""

    def __init__(self, finished: Finished, networks: Networks, rule: Rule, seed: int) -> None:
        held_out = finished.blind & (finished.numbers % 2 == 1)
        self._held_out = finished.where(held_out)
        self.proposing = Support(finished.where(~held_out), networks, rule=rule, seed=seed)
        self._together = Support(finished, networks, rule=rule, seed=seed)
        self._rule = rule
        self._seed = seed

    def confirm(self, cut: Cut, evidence: Evidence) -> Proposed:
        """With what the held-out trials say, and all together."""
        checked = self._check(cut)
        confirmed = _is_confirmed(checked, self._rule) and isinstance(self._together.judge(cut), Evidence)
        return Proposed(cut, replace(evidence, check=checked), confirmed)

    def _check(self, cut: Cut) -> Check | None:
        trials = self._held_out
        band = band_of(trials.log_cost, bands(trials.log_cost, _PER_BAND))
        return check(trials.below, outside(trials.params, cut.param, cut.part), band, seed=self._seed)


def _is_confirmed(found: Check | None, rule: Rule) -> bool:
    return found is not None and found.p_value <= rule.p_value and found.reverse_p_value >= rule.against
