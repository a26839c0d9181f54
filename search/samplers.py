"""The ways to sample, by the names that people type; `search.sampling` has what is behind them."""

from enum import StrEnum


class Sampler(StrEnum):
    """Who proposes what a study tries next."""

    DEFAULT = "default"
    RANDOM = "random"
    TPE = "tpe"
    TPE_MULTIVARIATE = "tpe-multivariate"
    NSGA2 = "nsga2"
    GP = "gp"
    KNOWN_COST = "known-cost"


UNIFORM = (
    "uniform"  # who proposes first trials and probes: drawn blindly, so that what follows from them is not selected
)
