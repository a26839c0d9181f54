"""Random forests of the score (Breiman 2001), and how well they predict trials that they have not seen."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import KFold

MODEL = "random forest"
FOLDS = 3
_LEAF = 2
_CHUNK = 8192


@dataclass(frozen=True)
class Size:
    """How large a forest grows.

    Attributes:
        trees: their number.
        rows: trials that each tree draws at most; many small trees tell as much as many large ones, sooner.
    """

    trees: int = 100
    rows: int = 1000


@dataclass(frozen=True)
class Fold:
    """A forest and the trials that were held out from it.

    Attributes:
        held_out: their positions.
        predicted: the forest's score of each.
        pearson: correlation of predicted and observed score; 0 where either is constant.
    """

    forest: RandomForestRegressor
    held_out: np.ndarray
    predicted: np.ndarray
    pearson: float


def grow(matrix: np.ndarray, score: np.ndarray, *, size: Size = Size(), seed: int = 0) -> RandomForestRegressor:
    """A forest fitted to trials x columns, float32; the same for any number of threads."""
    rows = size.rows if size.rows < len(score) else None
    forest = RandomForestRegressor(size.trees, min_samples_leaf=_LEAF, max_samples=rows, random_state=seed, n_jobs=-1)
    with warnings.catch_warnings():  # scikit-learn 1.9's threads leave the process other filters than they found
        return forest.fit(matrix, score).set_params(n_jobs=1)


def predict(forest: RandomForestRegressor, matrix: np.ndarray) -> np.ndarray:
    """The forest's scores of rows x columns, the same to the last bit in every call.

    Threads share out the rows: scikit-learn's own share out the trees, and add their votes in the order in which they
    end.
    """
    chunks = [matrix[start : start + _CHUNK] for start in range(0, len(matrix), _CHUNK)]
    if len(chunks) == 1:
        return forest.predict(matrix)
    with warnings.catch_warnings(), ThreadPoolExecutor() as pool:
        return np.concatenate(list(pool.map(forest.predict, chunks)))


def cross_validate(matrix: np.ndarray, score: np.ndarray, *, seed: int = 0) -> tuple[Fold, ...]:
    """One forest per fold, fitted to the other folds."""
    folds = KFold(FOLDS, shuffle=True, random_state=seed).split(matrix)
    return tuple(_fold(matrix, score, seen, held_out, seed) for seen, held_out in folds)


def gini(folds: tuple[Fold, ...], owner: np.ndarray) -> np.ndarray:
    """Each parameter's share of the variance that the forests' splits remove; sums to 1, or is 0 without any split.

    Indicators add up to their parameter. It favours parameters with many values, on which a tree finds more places to
    split (Strobl et al. 2007, BMC Bioinformatics 8:25), and rests on the trials that the forests were fitted to.
    """
    shares = np.mean([fold.forest.feature_importances_ for fold in folds], axis=0)
    return np.bincount(owner, weights=shares) / (shares.sum() or 1)


def _fold(matrix: np.ndarray, score: np.ndarray, seen: np.ndarray, held_out: np.ndarray, seed: int) -> Fold:
    forest = grow(matrix[seen], score[seen], seed=seed)
    predicted = predict(forest, matrix[held_out])
    return Fold(forest, held_out, predicted, _pearson(predicted, score[held_out]))


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0
