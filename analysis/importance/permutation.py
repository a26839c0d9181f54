"""Permutation importance (Breiman 2001; Fisher, Rudin and Dominici 2019): what shuffling a parameter costs."""

import math
from dataclasses import dataclass

import numpy as np

from analysis.bootstrap import Interval, percentile_interval, resamples
from analysis.importance.encoding import Encoded
from analysis.importance.forest import Fold, predict

_MOST_ROWS = 2000  # held-out trials per fold: beyond, the error of the mean is small already
_SHUFFLES = 3000  # of a parameter's values per fold, over trials and repeats
_MOST_REPEATS = 10
_BOOTSTRAP = 400


@dataclass(frozen=True)
class Fall:
    """How far R2 on held-out trials falls when a parameter is shuffled.

    Attributes:
        mean: of a perfect predictor twice the share of the score's variance that the parameter has a part in, alone or
            with others (its total Sobol index); of one that does not matter about 0, also below.
        ci95: bootstrap interval over held-out trials, given the forests: others would differ too.
    """

    mean: float
    ci95: Interval


def permutation_falls(
    folds: tuple[Fold, ...], encoded: Encoded, score: np.ndarray, *, seed: int = 0
) -> tuple[Fall, ...]:
    """One fall per parameter, over the held-out trials of all folds.

    A parameter is shuffled among the trials that have it; the others keep their prediction.
    """
    parts = [_rises(fold, encoded, score, np.random.default_rng([seed, i])) for i, fold in enumerate(folds)]
    rises, spread = (np.concatenate(part) for part in zip(*parts, strict=True))
    means = rises.mean(axis=0) / spread.mean()
    draws = np.array(
        [rises[rows].mean(axis=0) / spread[rows].mean() for rows in resamples(len(spread), _BOOTSTRAP, seed)]
    )
    return tuple(Fall(float(mean), percentile_interval(drawn)) for mean, drawn in zip(means, draws.T, strict=True))


def _rises(fold: Fold, encoded: Encoded, score: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Per held-out trial: its part in the rise of the squared error, per parameter, and in the score's variance."""
    chosen = np.sort(rng.permutation(len(fold.held_out))[:_MOST_ROWS])
    rows = fold.held_out[chosen]
    error = (fold.predicted[chosen] - score[rows]) ** 2
    shuffles = [_shuffle(encoded, param, rows, rng) for param in range(len(encoded.names))]
    predicted = predict(fold.forest, np.concatenate([shuffle.matrix for shuffle in shuffles]))
    rises = np.zeros((len(rows), len(shuffles)))
    ends = np.cumsum([len(shuffle.matrix) for shuffle in shuffles])
    for param, (shuffle, scores) in enumerate(zip(shuffles, np.split(predicted, ends[:-1]), strict=True)):
        having = shuffle.having
        rise = (scores.reshape(shuffle.donors.shape) - score[rows[having]]) ** 2 - error[having]
        rises[having, param] = _parts(rise, shuffle.donors)
    return rises, (score[rows] - score[rows].mean()) ** 2


@dataclass(frozen=True)
class _Shuffle:
    """A parameter shuffled several times among the trials that have it.

    Attributes:
        having: their positions among the held-out trials.
        donors: repeats x trials, the position in `having` from which each takes its value.
        matrix: repeats * trials x columns.
    """

    having: np.ndarray
    donors: np.ndarray
    matrix: np.ndarray


def _shuffle(encoded: Encoded, param: int, rows: np.ndarray, rng: np.random.Generator) -> _Shuffle:
    having = np.flatnonzero(encoded.present[rows, param])
    columns = np.flatnonzero(encoded.owner == param)
    own = encoded.matrix[rows[having]]
    repeats = min(math.ceil(_SHUFFLES / len(rows)), _MOST_REPEATS)
    donors = rng.permuted(np.tile(np.arange(len(having)), (repeats, 1)), axis=1)
    matrix = np.tile(own, (repeats, 1))
    matrix[:, columns] = own[np.ix_(donors.ravel(), columns)]
    return _Shuffle(having, donors, matrix)


def _parts(rise: np.ndarray, donors: np.ndarray) -> np.ndarray:
    """Each trial's part in the mean rise: what it suffers from others' values, and what its value does to others.

    Without the second, whose mean is taken off, an interval would be too short: the mean rise is a U-statistic.

    Args:
        rise, donors: repeats x trials.
    """
    caused = np.take_along_axis(rise, np.argsort(donors, axis=1), axis=1).mean(axis=0)
    return rise.mean(axis=0) + caused - rise.mean() if rise.size else caused
