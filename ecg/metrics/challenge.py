"""The score of the PhysioNet/CinC 2021 challenge (Reyna et al., CinC 2021).

Its 26 x 26 weights say how bad it is to mistake one class for another. The classes lie on a line of severity and a
pair's weight is 0.5 minus the distance; two pairs at one place are kept apart by hand. Stored so, the matrix is
readable, and a test holds it against the published one.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from ecg.labels import CHALLENGE

_SEVERITY = {
    "AF": 0.25,
    "AFL": 0.25,
    "BBB": 0.225,
    "Brady": 0.05,
    "LBBB": 0.225,
    "RBBB": 0.15,
    "IAVB": 0.05,
    "IRBBB": 0.05,
    "LAD": 0.1,
    "LAnFB": 0.1,
    "LPR": 0.05,
    "LQRSV": 0.175,
    "LQT": 0.2,
    "NSIVCB": 0.1,
    "NSR": 0.0,
    "PAC": 0.0875,
    "PR": 0.125,
    "PRWP": 0.175,
    "PVC": 0.125,
    "QAb": 0.35,
    "RAD": 0.1,
    "SA": 0.05,
    "SB": 0.05,
    "STach": 0.125,
    "TAb": 0.25,
    "TInv": 0.25,
}
_SET_APART = {("BBB", "LBBB"): 0.475, ("LQRSV", "PRWP"): 0.475}
_NORMAL = "NSR"


@lru_cache(maxsize=1)
def challenge_weights() -> np.ndarray:
    """26 x 26 rewards, rows the true class, columns the decided one, in the order of `ecg.labels.CHALLENGE`."""
    names = CHALLENGE.names
    severity = np.array([_SEVERITY[name] for name in names])
    weights = 0.5 - np.abs(severity[:, None] - severity)
    np.fill_diagonal(weights, 1.0)
    for (one, other), weight in _SET_APART.items():
        i, j = names.index(one), names.index(other)
        weights[i, j] = weights[j, i] = weight
    return weights


@dataclass(frozen=True)
class Rewards:
    """What each record earns beyond a classifier that always says sinus rhythm (arrays of length N).

    Attributes:
        earned: with the decisions given.
        attainable: with every class decided right.
    """

    earned: np.ndarray
    attainable: np.ndarray

    @classmethod
    def of(cls, labels: np.ndarray, decisions: np.ndarray) -> Self:
        truth = labels.astype(float)
        inactive = np.zeros_like(truth)
        inactive[:, CHALLENGE.names.index(_NORMAL)] = 1.0
        observed, perfect, baseline = (_reward(truth, said) for said in (decisions.astype(float), truth, inactive))
        return cls(observed - baseline, perfect - baseline)

    def score(self, weights: np.ndarray) -> float:
        """The challenge score when record `i` counts `weights[i]` times; 0 where nothing is attainable."""
        attainable = weights @ self.attainable
        return float(weights @ self.earned / attainable) if attainable else 0.0


def challenge_score(labels: np.ndarray, decisions: np.ndarray) -> float:
    """The official score: 1 for a perfect classifier, 0 for one that always says sinus rhythm; it can be negative.

    Each record spreads its weight over the classes that are true or decided. The observed reward is normalised by
    (observed - inactive) / (perfect - inactive); 0 where the denominator is 0.

    Args:
        labels, decisions: N x 26 in the order of `ecg.labels.CHALLENGE`.
    """
    return Rewards.of(labels, decisions).score(np.ones(len(labels)))


def _reward(truth: np.ndarray, decisions: np.ndarray) -> np.ndarray:
    involved = np.maximum(np.maximum(truth, decisions).sum(axis=1), 1.0)
    return ((truth @ challenge_weights()) * decisions).sum(axis=1) / involved
