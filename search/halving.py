"""Early stopping: successive halving among trials of similar cost, without ever stopping a candidate for the front.

Successive halving (Jamieson & Talwalkar 2016) gives all trials a few epochs, the best 1/eta of them more, and so on.
Its asynchronous form (ASHA, Li et al. 2020) compares each trial, when it reaches a rung, with those that were there
before. With a second objective scores alone cannot be ranked; Schmucker et al. (2021) sort fronts one below the other.

What differs here: the cost of a trial is known and does not change with the epochs, so that trials are compared within
a band of similar FLOPs, by how far they are below the front at that rung; none waits at a rung, it goes on or is
stopped; and rank alone stops nobody: what a trial could still gain, judged by those that were trained to their end,
must leave it below the front.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from search.samplers import UNIFORM
from storage.curves import Curve


@dataclass(frozen=True)
class Rule:
    """When a trial is stopped.

    Attributes:
        eta: from rung to rung epochs grow so many times; the best 1/eta of a band always go on.
        band: trials are similar whose FLOPs differ by no more than this factor.
        evidence: complete trials that must be known before any is stopped.
        optimism: the share of complete trials whose gain from the rung to the end a trial is trusted to reach.
    """

    eta: float = 3.0
    band: float = 2.0
    evidence: int = 10
    optimism: float = 0.95


RULE = Rule()


@dataclass(frozen=True)
class Hopeless:
    """Why a trial is stopped.

    Attributes:
        score: at the rung.
        gain: the most that it is trusted to gain until the end.
        front: what it would have to reach.
    """

    score: float
    gain: float
    front: float

    @property
    def bound(self) -> float:
        """What its score would have been at most."""
        return self.score + self.gain

    def __str__(self) -> str:
        return (
            f"balanced accuracy {self.score:.3f}, and even {self.gain:+.3f} would leave it below the front, "
            f"{self.front:.3f}"
        )


def rungs(epochs: int, rule: Rule = RULE) -> tuple[int, ...]:
    """The epochs after which a trial of so many may be stopped, earliest first; none for short trainings."""
    steps = (int(epochs / rule.eta**power) for power in (2, 1))
    return tuple(step for step in steps if step >= 1)


def verdict(curves: Iterable[Curve], number: int, rung: int, epochs: int, rule: Rule = RULE) -> Hopeless | None:
    """Why trial `number` is stopped after `rung` of `epochs` epochs, or None where it goes on.

    Args:
        curves: what is known of the study's trials, this one's score at the rung included.
    """
    there = [curve for curve in curves if rung in curve.scores]
    own = next((place for place, curve in enumerate(there) if curve.number == number), None)
    ended = [curve for curve in there if curve.complete and epochs in curve.scores]
    if own is None or _is_exempt(there[own]) or len(ended) < rule.evidence:
        return None
    if not _is_behind(own, _flops(there), _scores(there, rung), rule):
        return None
    score = there[own].scores[rung]
    gain = float(np.quantile(_scores(ended, epochs) - _scores(ended, rung), rule.optimism))
    front = float(_front(_flops(ended), _scores(ended, epochs), np.array([there[own].flops]))[0])
    found = Hopeless(score, gain, front)
    return found if found.bound < front else None


def _is_exempt(own: Curve) -> bool:
    return own.sampler == UNIFORM or own.continues is not None


def _is_behind(own: int, flops: np.ndarray, scores: np.ndarray, rule: Rule) -> bool:
    """Whether trial `own` of those at a rung is not among the best 1/eta of its band."""
    below = _front(flops, scores, flops) - scores
    band = below[(flops >= flops[own] / rule.band) & (flops <= flops[own] * rule.band)]
    return bool((band < below[own]).sum() >= len(band) / rule.eta)


def _front(flops: np.ndarray, scores: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The best score at each cost, that of the best trial that is not dearer; -inf where all are."""
    order = np.argsort(flops)
    best = np.concatenate([[-np.inf], np.maximum.accumulate(scores[order])])
    reached: np.ndarray = best[np.searchsorted(flops[order], at, side="right")]
    return reached


def _flops(curves: Sequence[Curve]) -> np.ndarray:
    return np.array([curve.flops for curve in curves])


def _scores(curves: Sequence[Curve], epoch: int) -> np.ndarray:
    return np.array([curve.scores[epoch] for curve in curves])
