"""Which cuts the trials support."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.pareto import default_reference, hypervolume
from analysis.regions.best_share import BestOfBands
from analysis.regions.cuts import Cut, possible_cuts
from analysis.regions.finished import Finished
from analysis.regions.held_out import check
from analysis.regions.networks import Networks, Space, outside
from analysis.regions.optimism import Optimism
from analysis.regions.region import Region
from analysis.regions.review import Evidence
from analysis.regions.strata import band_of, bands
from analysis.trials import Direction


@dataclass(frozen=True)
class Rule:
    """When a cut is supported.

    Attributes:
        fewest: trials with what is cut, of those that propose.
        best_share: the probability that the best of half of a band's trials has it, at most, in units of the share of
            the trials that have it: in each band, and for the upper limit of their mean.
        front_loss: the share of the front's hypervolume that the cut would have cost, at most.
        tested: a band where more than this share of the networks has what is cut needs trials of it.
        p_value: of the check on held-out trials, at most.
        against: the reverse p-value of the check, at least.
    """

    fewest: int = 8
    best_share: float = 0.5
    front_loss: float = 0.02
    tested: float = 0.1
    p_value: float = 0.01
    against: float = 0.05


RULE = Rule()
_PER_BAND = 12  # trials that propose
_CHECKED_PER_BAND = 8
_OBJECTIVES = (Direction.MAXIMIZE, Direction.MINIMIZE)


@dataclass(frozen=True)
class Proposed:
    """A cut with its evidence, and whether the held-out trials confirm it."""

    cut: Cut
    evidence: Evidence
    confirmed: bool


def propose(
    finished: Finished, space: Space, region: Region, since: Mapping[str, int], *, rule: Rule = RULE, seed: int = 0
) -> Iterator[Proposed]:
    """Cuts of `region` that the proposing trials support, those that remove most networks first.

    Blind trials of odd numbers are held out; all others propose.

    Args:
        finished: all finished trials.
        since: by parameter, the trial number beyond which evidence counts: it was given back there.
    """
    inside, networks = finished.within(region), space.networks.within(region)
    look = _Look(inside, networks, rule, seed)
    found = []
    for group in possible_cuts(inside.params, networks.params, space.wide, region):
        supported = next(((cut, evidence) for cut in group if (evidence := look.support(cut, since)) is not None), None)
        if supported is not None:
            found.append(supported)
    found.sort(key=lambda one: -look.share_of_networks(one[0]))
    for cut, evidence in found:
        yield look.confirm(cut, evidence, since)


class _Look:
    """The trials of a region at one moment, divided into those that propose and those that are held out."""

    def __init__(self, finished: Finished, networks: Networks, rule: Rule, seed: int) -> None:
        held_out = finished.blind & (finished.numbers % 2 == 1)
        self._all = finished
        self._known = finished.where(~held_out)
        self._held_out = finished.where(held_out)
        self._networks = networks
        self._rule = rule
        self._seed = seed
        self._bounds = bands(self._known.log_cost, _PER_BAND)
        self._band = band_of(self._known.log_cost, self._bounds)
        self._candidate_band = band_of(networks.log_cost, self._bounds)
        self._best = BestOfBands(self._known.below, self._band, seed)
        self._optimism: Optimism | None = None

    def share_of_networks(self, cut: Cut) -> float:
        return float(outside(self._networks.params, cut.param, cut.part).mean())

    def support(self, cut: Cut, since: Mapping[str, int]) -> Evidence | None:
        """The evidence for a cut, where it is enough."""
        gone = outside(self._known.params, cut.param, cut.part)
        counted = gone & (self._known.numbers > since.get(cut.param, -1))
        if counted.sum() < self._rule.fewest or not self._is_tested(cut, counted):
            return None
        best = self._best.share(gone)
        if max(best.limit, best.most) > self._rule.best_share * gone.mean():
            return None
        loss = self._front_loss(cut)
        if loss > self._rule.front_loss:
            return None
        bound = self._surrogate.bound(cut.param, cut.part)
        if bound is None or bound.cut >= bound.kept:
            return None
        return Evidence(
            n_cut=int(gone.sum()),
            n_kept=int((~gone).sum()),
            strata=len(self._bounds) + 1,
            best_share=best.share,
            best_share_limit=best.limit,
            bound=bound,
            front_loss=loss,
        )

    def confirm(self, cut: Cut, evidence: Evidence, since: Mapping[str, int]) -> Proposed:
        """Ask the held-out trials."""
        counted = self._held_out.where(self._held_out.numbers > since.get(cut.param, -1))
        bounds = bands(counted.log_cost, _CHECKED_PER_BAND)
        gone = outside(counted.params, cut.param, cut.part)
        found = check(counted.below, gone, band_of(counted.log_cost, bounds), seed=self._seed)
        confirmed = found is not None and found.p_value <= self._rule.p_value
        confirmed = confirmed and found is not None and found.reverse_p_value >= self._rule.against
        return Proposed(cut, replace(evidence, check=found), confirmed)

    def _is_tested(self, cut: Cut, gone: np.ndarray) -> bool:
        """Whether there are trials of what is cut in each band where there are networks of it."""
        could = outside(self._networks.params, cut.param, cut.part)
        for one in range(len(self._bounds) + 1):
            networks = self._candidate_band == one
            if networks.any() and could[networks].mean() > self._rule.tested and not gone[self._band == one].any():
                return False
        return True

    def _front_loss(self, cut: Cut) -> float:
        """The share of the hypervolume that is missing without the trials that have what is cut."""
        complete = self._all.where(self._all.complete)
        values = np.column_stack([complete.score, 10**complete.log_cost])
        if not len(values):
            return 0.0
        corner = default_reference(values, _OBJECTIVES)
        kept = values[~outside(complete.params, cut.param, cut.part)]
        whole, left = (hypervolume(v, _OBJECTIVES, corner, log_axes=(False, True)).value for v in (values, kept))
        return 1 - left / whole if whole > 0 else 0.0

    @property
    def _surrogate(self) -> Optimism:
        if self._optimism is None:
            self._optimism = Optimism(self._known, self._networks, self._bounds, self._seed)
        return self._optimism
