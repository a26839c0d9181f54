"""The strategies by name."""

from search.samplers import Sampler
from search.sampling.strategy import Judge, Space, Strategy


def make_strategy(name: str, space: Space, judge: Judge) -> Strategy | None:
    """The strategy of a `Sampler`; None for uniform draws alone."""
    if name == Sampler.RANDOM:
        return None
    from search.sampling.default import Default  # scipy and Optuna's samplers take memory that others do not need
    from search.sampling.known_cost import KnownCost
    from search.sampling.optuna_strategy import SAMPLERS, OptunaStrategy

    if name in SAMPLERS:
        return OptunaStrategy(name, space)
    return KnownCost(space, judge) if name == Sampler.KNOWN_COST else Default(space, judge)
