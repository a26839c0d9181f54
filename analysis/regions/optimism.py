"""What a surrogate says at best of networks that would be cut, and what it expects of the others."""

import numpy as np
import pandas as pd

from analysis.importance.encoding import encode, varies
from analysis.importance.forest import grow
from analysis.regions.finished import Finished
from analysis.regions.networks import Networks, outside
from analysis.regions.region import Part
from analysis.regions.review import Bound
from analysis.regions.strata import band_of

_DEVIATIONS = 1.5


class Optimism:
    """A random forest of the distance to the front, fitted to trials, that predicts candidates within the region.

    What is farther away than half of the trials is as far as the median: how bad a bad network is tells nothing of
    those near the front, and would only make the trees disagree.
    """

    def __init__(self, known: Finished, networks: Networks, bounds: np.ndarray, seed: int) -> None:
        """
        Args:
            known: trials to learn from.
            networks: of the region.
            bounds: of the bands of cost.
        """
        self._params = networks.params
        self._band = band_of(networks.log_cost, bounds)
        inputs = pd.concat([known.params, networks.params], ignore_index=True).assign(
            cost=np.concatenate([known.log_cost, networks.log_cost])
        )
        n = len(known)
        names = [name for name in inputs if varies(inputs[name][:n])]
        if not names:
            self._expected, self._spread = np.zeros(len(networks.params)), np.full(len(networks.params), np.inf)
            return
        matrix = encode(inputs[names], seed=seed).matrix
        forest = grow(matrix[:n], np.minimum(known.below, np.median(known.below)), seed=seed)
        each = np.array([tree.predict(matrix[n:]) for tree in forest.estimators_])
        self._expected, self._spread = each.mean(axis=0), each.std(axis=0)

    def bound(self, param: str, part: Part) -> Bound | None:
        """Where what is cut comes nearest to the rest, over the bands that hold both; None where no band does."""
        cut = outside(self._params, param, part)
        optimistic = self._expected - _DEVIATIONS * self._spread
        found = [
            Bound(-float(optimistic[own & cut].min()), -float(self._expected[own & ~cut].min()))
            for own in (self._band == one for one in np.unique(self._band))
            if (own & cut).any() and (own & ~cut).any()
        ]
        return max(found, key=lambda one: one.cut - one.kept, default=None)
