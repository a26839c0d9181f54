"""The default strategy: our own first, then in turn with TPE."""

import copy
from collections.abc import Iterator

import numpy as np
from optuna.trial import TrialState

from search.samplers import Sampler
from search.sampling.known_cost import KnownCost
from search.sampling.optuna_strategy import OptunaStrategy
from search.sampling.strategy import Judge, Proposal, Space
from search.sampling.view import SamplerView

_ALONE = 50  # complete trials
_SHARE = 0.5


class Default:
    """Known cost for the first 50 trials, then half of the draws from multivariate TPE.

    A surrogate finds what is good from few trials, but trusts its picture of the space; TPE goes on looking wherever
    good trials lie. Taking turns they find more than either alone, see docs/sampling.md.
    """

    name = Sampler.DEFAULT

    def __init__(self, space: Space, judge: Judge) -> None:
        self._known_cost = KnownCost(space, judge)
        self._tpe = OptunaStrategy(Sampler.TPE_MULTIVARIATE, space)

    def propose(self, view: SamplerView, rng: np.random.Generator) -> Iterator[Proposal]:
        complete = sum(trial.state is TrialState.COMPLETE for trial in view.trials)
        alone = complete < _ALONE or rng.random() < _SHARE
        return (self._known_cost if alone else self._tpe).propose(view, rng)

    def within(self, space: Space) -> "Default":
        narrowed = copy.copy(self)
        narrowed._known_cost = self._known_cost.within(space)
        return narrowed
