"""Design spaces whose truth is known, each with something for a narrowing to find, to leave alone or to take back.

A network's score rises with its FLOPs; what else it depends on is planted.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from analysis.recommend import Candidates
from analysis.regions import Region
from search.sampling.strategy import Params, Verdict
from search.space import DesignSpace

_SPACE = {
    "families": {
        "planted": {
            "width": {"low": 8, "high": 64, "step": 8},
            "depth": {"low": 1, "high": 6},
            "kernel": [3, 5, 7, 15],
        }
    },
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}, "optimizer": ["adamw", "sgd"]},
}
_NETWORKS = 1500
_NOISE = 0.015
_MISLED = 80  # trials

Penalty = Callable[[Params, int, np.random.Generator], float]


@dataclass(frozen=True)
class Planted:
    """A space with a known penalty.

    Attributes:
        penalty: of a set of parameters, of the trial with that number.
        seed: of the noise.
    """

    penalty: Penalty
    seed: int = 0

    @cached_property
    def space(self) -> DesignSpace:
        return DesignSpace.model_validate(_SPACE)

    @cached_property
    def wide(self) -> Region:
        return self.space.region

    @cached_property
    def candidates(self) -> Candidates:
        rng = np.random.default_rng(0)
        drawn = [self.space.draw(rng) for _ in range(_NETWORKS)]
        return Candidates(pd.DataFrame(drawn), pd.DataFrame({"flops": [_flops(params) for params in drawn]}))

    def judge(self, params: Params) -> Verdict:
        return Verdict(repr(sorted(params.items())), math.log10(_flops(params)))

    def answer(self, params: Params, number: int) -> tuple[float, float]:
        rng = np.random.default_rng([self.seed, number])
        flops = _flops(params)
        reached = 0.85 - 0.5 * (flops / 1e4) ** -0.25
        return reached - self.penalty(params, number, rng) + float(rng.normal(0, _NOISE)), flops


def _flops(params: Params) -> float:
    width, depth, kernel = (params[f"planted.{name}"] for name in ("width", "depth", "kernel"))
    return float(round(2e4 * width**1.5 * depth * math.sqrt(kernel)))


def nothing(params: Params, number: int, rng: np.random.Generator) -> float:
    """Only FLOPs matter: small networks score less, at their cost none is worse than another."""
    return 0.0


def useless_half(params: Params, number: int, rng: np.random.Generator) -> float:
    """One of two optimisers is worse for every network, and a learning rate far from the best costs a little."""
    return _off(params, 0.05) + (0.12 * rng.uniform(0.6, 1.4) if params["train.optimizer"] == "sgd" else 0.0)


def interaction(params: Params, number: int, rng: np.random.Generator) -> float:
    """An optimiser is as good as the other for networks of one or two blocks per stage, and bad for deeper ones."""
    bad = params["train.optimizer"] == "sgd" and params["planted.depth"] > 2
    return _off(params, 0.03) + 0.12 * bad


def drift(params: Params, number: int, rng: np.random.Generator) -> float:
    """What is bad in the first 80 trials is the better half from then on."""
    bad = "sgd" if number < _MISLED else "adamw"
    return _off(params, 0.02) + 0.12 * (params["train.optimizer"] == bad)


def _off(params: Params, cost: float) -> float:
    return cost * abs(math.log(params["train.lr"] / 4e-3))
