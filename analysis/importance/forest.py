"""Random forests of the score (Breiman 2001), and how well they predict trials that they have not seen.

The trees are scikit-learn's. They are bagged here because its own forests, on several threads, add up votes in the
order in which the threads end, so that equal calls differ in the last digits, and leave the process's warning filters
changed (1.9 on Python below 3.14).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from sklearn.model_selection import KFold
from sklearn.tree import DecisionTreeRegressor

MODEL = "random forest"
FOLDS = 3
_LEAF = 2
_CHUNK = 8192

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class Size:
    """How large a forest grows.

    Attributes:
        trees: their number.
        rows: trials that each tree draws at most; many small trees tell as much as many large ones, sooner.
    """

    trees: int = 128
    rows: int = 1000


@dataclass(frozen=True)
class Forest:
    """Trees, each fitted to its own bootstrap sample."""

    trees: tuple[DecisionTreeRegressor, ...]

    def predict(self, matrix: np.ndarray) -> np.ndarray:
        """Mean of the trees' predictions for rows x columns, float32; the same in every call."""
        chunks = [matrix[start : start + _CHUNK] for start in range(0, len(matrix), _CHUNK)]
        return np.concatenate(_in_threads(self._mean_vote, chunks))

    def gini(self) -> np.ndarray:
        """Each column's share of the variance that the splits remove, mean over trees."""
        return np.mean([tree.feature_importances_ for tree in self.trees], axis=0)

    def _mean_vote(self, matrix: np.ndarray) -> np.ndarray:
        votes = np.zeros(len(matrix))
        for tree in self.trees:
            votes += tree.predict(matrix, check_input=False)
        return votes / len(self.trees)


@dataclass(frozen=True)
class Fold:
    """A forest and the trials that were held out from it.

    Attributes:
        held_out: their positions.
        predicted: the forest's score of each.
        pearson: correlation of predicted and observed score; 0 where either is constant.
    """

    forest: Forest
    held_out: np.ndarray
    predicted: np.ndarray
    pearson: float


def grow(matrix: np.ndarray, score: np.ndarray, *, size: Size = Size(), seed: int = 0) -> Forest:
    """A forest fitted to trials x columns, float32; the same for any number of threads."""

    def tree(stream: np.random.Generator) -> DecisionTreeRegressor:
        drawn = stream.integers(len(score), size=min(size.rows, len(score)))
        rows, counts = np.unique(drawn, return_counts=True)
        model = DecisionTreeRegressor(min_samples_leaf=_LEAF, random_state=int(stream.integers(2**31)))
        return model.fit(matrix[rows], score[rows], sample_weight=counts)

    return Forest(tuple(_in_threads(tree, np.random.default_rng(seed).spawn(size.trees))))


def cross_validate(matrix: np.ndarray, score: np.ndarray, *, seed: int = 0) -> tuple[Fold, ...]:
    """One forest per fold, fitted to the other folds."""
    folds = KFold(FOLDS, shuffle=True, random_state=seed).split(matrix)
    return tuple(_fold(matrix, score, seen, held_out, seed) for seen, held_out in folds)


def gini(folds: tuple[Fold, ...], owner: np.ndarray) -> np.ndarray:
    """Each parameter's share of the variance that the forests' splits remove; sums to 1, or is 0 without any split.

    Indicators add up to their parameter. It favours parameters with many values, on which a tree finds more places to
    split (Strobl et al. 2007, BMC Bioinformatics 8:25), and rests on the trials that the forests were fitted to.
    """
    shares = np.mean([fold.forest.gini() for fold in folds], axis=0)
    return np.bincount(owner, weights=shares) / (shares.sum() or 1)


def _fold(matrix: np.ndarray, score: np.ndarray, seen: np.ndarray, held_out: np.ndarray, seed: int) -> Fold:
    forest = grow(matrix[seen], score[seen], seed=seed)
    predicted = forest.predict(matrix[held_out])
    return Fold(forest, held_out, predicted, _pearson(predicted, score[held_out]))


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0


def _in_threads(work: Callable[[_T], _R], items: Sequence[_T]) -> list[_R]:
    with ThreadPoolExecutor() as pool:
        return list(pool.map(work, items))
