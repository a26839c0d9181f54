"""Whether trials support a cut: all that is asked before held-out trials are."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from analysis.pareto import default_reference, hypervolume
from analysis.regions.best_share import BestOfBands, BestShare
from analysis.regions.cuts import Cut
from analysis.regions.finished import Finished
from analysis.regions.networks import Networks, outside
from analysis.regions.optimism import Optimism
from analysis.regions.region import SubRange
from analysis.regions.review import Evidence
from analysis.regions.strata import band_of, bands
from analysis.trials import Direction
from analysis.words import share

_PER_BAND = 12  # trials
_OBJECTIVES = (Direction.MAXIMIZE, Direction.MINIMIZE)


@dataclass(frozen=True)
class Rule:
    """When a cut is supported, and confirmed.

    Attributes:
        known: trials, at the least.
        fewest: of them, trials with what is cut.
        tested: a band where more than this share of the networks has what is cut needs trials of it; and no more of
            them may lie beyond the outermost value that was tried.
        best_share: the upper limit of the probability that the best of half of a band's trials has it, at most, in
            units of the share of the trials that have it.
        band_share: the same probability in the band that speaks most for it, in the same units.
        front_loss: the share of the front's hypervolume that the cut would have cost, at most.
        p_value: of the check on held-out trials, at most.
        against: the reverse p-value of the check, at least.
    """

    known: int = 30
    fewest: int = 8
    tested: float = 0.1
    best_share: float = 0.5
    band_share: float = 1.0
    front_loss: float = 0.02
    p_value: float = 0.01
    against: float = 0.05


RULE = Rule()


@dataclass(frozen=True)
class Obstacle:
    """Why a cut is not supported.

    Attributes:
        passed: how many of the questions before it were answered well.
        lacks: how far this one is from that; comparable for the same question.
        why: in words, of "it".
    """

    passed: int
    lacks: float
    why: str


class Support:
    """What some trials of a region say of cuts."""

    def __init__(self, known: Finished, networks: Networks, *, rule: Rule, seed: int) -> None:
        """
        Args:
            known: the trials.
            networks: of the region.
        """
        self._known = known
        self._networks = networks
        self._rule = rule
        self._seed = seed
        self._bounds = bands(known.log_cost, _PER_BAND)
        self._band = band_of(known.log_cost, self._bounds)

    def judge(self, cut: Cut) -> Evidence | Obstacle:
        """The evidence for a cut, or what is missing."""
        gone = outside(self._known.params, cut.param, cut.part)
        if untried := self._untried(cut, gone):
            return untried
        best, tried = self._best.share(gone), float(gone.mean())
        if too_good := self._too_good(best, tried):
            return too_good
        loss = self._front_loss(gone)
        if loss > self._rule.front_loss:
            most = share(self._rule.front_loss)
            return Obstacle(
                2, loss, f"the front would have lost {share(loss)} of its hypervolume, and {most} is allowed"
            )
        bound = self._optimism.bound(cut.param, cut.part)
        if bound is None or bound.cut >= bound.kept:
            lacks = 0.0 if bound is None else bound.cut - bound.kept
            return Obstacle(3, lacks, "the surrogate thinks that some of its networks may reach the best of the rest")
        return Evidence(
            n_cut=int(gone.sum()),
            n_kept=int((~gone).sum()),
            strata=len(self._bounds) + 1,
            best_share=best.share,
            best_share_limit=best.limit,
            best_share_allowed=self._rule.best_share * tried,
            bound=bound,
            front_loss=loss,
        )

    def _untried(self, cut: Cut, gone: np.ndarray) -> Obstacle | None:
        """Which trials are missing, if any are."""
        if len(gone) < self._rule.known:
            why = f"{len(gone)} trials propose cuts, and {self._rule.known} are needed"
            return Obstacle(0, self._rule.known - len(gone), why)
        if gone.sum() < self._rule.fewest:
            why = (
                f"{gone.sum()} of the {len(gone)} trials that propose cuts have it, and {self._rule.fewest} are needed"
            )
            return Obstacle(0, float(self._rule.fewest - gone.sum()), why)
        if not self._is_tested(cut, gone):
            return Obstacle(0, 1.0, "not all of it was tried, or not at all costs")
        return None

    def _too_good(self, best: BestShare, tried: float) -> Obstacle | None:
        """Whether what would be cut is too often among the best."""
        over_all = best.limit, self._rule.best_share * tried, ""
        in_a_band = best.most, self._rule.band_share * tried, " in one band of FLOPs"
        found, allowed, where = max(over_all, in_a_band, key=lambda one: one[0] / one[1])
        if found <= allowed:
            return None
        why = f"the best of half of the trials at equal cost{where} has it with a chance of up to {share(found)}"
        return Obstacle(1, found / allowed, f"{why}, and {share(allowed)} is allowed")

    def _is_tested(self, cut: Cut, gone: np.ndarray) -> bool:
        """Whether there are trials of what is cut out to its end, and wherever there are networks of it."""
        could = outside(self._networks.params, cut.param, cut.part)
        return (
            bool(could.any())
            and self._reaches_its_end(cut, gone, could)
            and all(gone[self._band == band].any() for band in self._bands_with(could))
        )

    def _reaches_its_end(self, cut: Cut, gone: np.ndarray, could: np.ndarray) -> bool:
        if not isinstance(cut.removed, SubRange):
            return True
        tried = self._known.params[cut.param][gone].astype(float)
        networks = self._networks.params[cut.param][could].astype(float)
        return bool(networks.between(tried.min(), tried.max()).mean() >= 1 - self._rule.tested)

    def _bands_with(self, could: np.ndarray) -> list[int]:
        """The bands where enough of the networks have what is cut."""
        band = band_of(self._networks.log_cost, self._bounds)
        return [one for one in np.unique(band).tolist() if could[band == one].mean() > self._rule.tested]

    def _front_loss(self, gone: np.ndarray) -> float:
        """The share of the hypervolume that is missing without the trials that have what is cut."""
        complete = self._known.complete
        values = np.column_stack([self._known.score, 10**self._known.log_cost])
        if not complete.any():
            return 0.0
        corner = default_reference(values[complete], _OBJECTIVES)
        whole, left = (
            hypervolume(values[rows], _OBJECTIVES, corner, log_axes=(False, True)).value
            for rows in (complete, complete & ~gone)
        )
        return 1 - left / whole if whole > 0 else 0.0

    @cached_property
    def _best(self) -> BestOfBands:
        return BestOfBands(self._known.below, self._band, self._seed)

    @cached_property
    def _optimism(self) -> Optimism:
        return Optimism(self._known, self._networks, self._bounds, self._seed)
