"""Optuna's samplers as strategies."""

import warnings
from collections.abc import Callable, Iterator

import numpy as np
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import BaseSampler, GPSampler, NSGAIISampler, TPESampler

from search.sampling.strategy import Proposal, Space
from search.sampling.view import SamplerView

_POPULATION = 20  # of NSGA-II: with Optuna's 50 a search of 200 trials ends in the fourth generation


def _multivariate_tpe(seed: int) -> TPESampler:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        return TPESampler(seed=seed, multivariate=True, group=True, n_startup_trials=1)


SAMPLERS: dict[str, Callable[[int], BaseSampler]] = {
    "tpe": lambda seed: TPESampler(seed=seed, multivariate=False, n_startup_trials=1),
    "tpe-multivariate": _multivariate_tpe,
    "nsga2": lambda seed: NSGAIISampler(seed=seed, population_size=_POPULATION),
    "gp": lambda seed: GPSampler(seed=seed, n_startup_trials=1, warn_independent_sampling=False),
}


class OptunaStrategy:
    """Asks one of Optuna's samplers, which sees a study through a `SamplerView`.

    Each draw makes a new sampler: all that it knows it reads from the study, so that any worker can go on.
    """

    def __init__(self, name: str, space: Space) -> None:
        """
        Args:
            name: a key of `SAMPLERS`.
        """
        self.name = name
        self._space = space

    def propose(self, view: SamplerView, rng: np.random.Generator) -> Iterator[Proposal]:
        study = view.study(SAMPLERS[self.name](int(rng.integers(2**31))))
        while True:
            params = self._space.suggest(study.ask())
            yield Proposal(params, self.name, view.draft_attrs)

    def within(self, space: Space) -> "OptunaStrategy":
        """As it is: Optuna's samplers lose what they have learnt where a range changes, so that they see the whole."""
        return self
