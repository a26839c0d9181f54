"""The empirical bootstrap of the best: how probably the best of some trials has what is to be cut."""

from dataclasses import dataclass

import numpy as np

_SHARE = 0.5  # of a band's trials, in each sample
_DRAWS = 200
_LEVEL = 0.95


@dataclass(frozen=True)
class BestShare:
    """Over bands of similar cost, each of which counts the same.

    Attributes:
        share: the probability that the best of half of a band's trials has what is to be cut.
        limit: its upper 95 % limit: other trials might have been drawn.
        most: the same probability in the band that speaks most for it.
    """

    share: float
    limit: float
    most: float


class BestOfBands:
    """Resamples of the trials of each band, drawn once for all cuts.

    Of each resample the probability that a trial is the best of half as many, drawn with replacement, has a closed form
    (`analysis.design_space.best_of_draws`).
    """

    def __init__(self, below: np.ndarray, band: np.ndarray, seed: int) -> None:
        """
        Args:
            below: distances to the front of n trials.
            band: of the trials, from 0 on.
        """
        rng = np.random.default_rng(seed)
        rows = [np.flatnonzero(band == one) for one in np.unique(band)]
        self._bands = [(own, _chances(below[own], rng)) for own in rows]

    def share(self, cut: np.ndarray) -> BestShare:
        """Of the trials for which `cut` is true; a band without any says nothing."""
        shares = [chances @ cut[rows] for rows, chances in self._bands if cut[rows].any()]
        mean = np.mean(shares, axis=0) if shares else np.zeros(_DRAWS + 1)
        most = max((float(one[0]) for one in shares), default=0.0)
        return BestShare(float(mean[0]), float(np.quantile(mean[1:], _LEVEL)), most)


def _chances(below: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Of each trial to be the best of a sample: first of the trials as they are, then of each resample."""
    n = len(below)
    order = np.argsort(below, kind="stable")
    counts = np.vstack([np.ones((1, n)), rng.multinomial(n, np.full(n, 1 / n), size=_DRAWS)])[:, order]
    no_better = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1] / n
    worse = np.hstack([no_better[:, 1:], np.zeros((len(counts), 1))])
    draws = max(1, round(_SHARE * n))
    chances = np.empty_like(counts)
    chances[:, order] = no_better**draws - worse**draws
    return chances
