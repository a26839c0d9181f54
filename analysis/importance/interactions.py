"""Pairs of parameters whose joint effect on the score is more than the sum of their own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.model_selection import KFold, cross_val_predict

from analysis.columns import is_present
from analysis.errors import AnalysisError
from analysis.importance.encoding import Encoded, encode, varies
from analysis.importance.forest import FOLDS, Size, grow, predict
from analysis.importance.results import MIN_TRIALS

SIGNIFICANT = 0.05
_SIZE = Size(trees=64, rows=600)
_NULLS = 19  # so that the smallest p-value is 1 / 20
_VALUES = 8
_BACKGROUND = 40
_VARIANCE_ROWS = 500
_MOST_ROWS = 5000
_BOOSTED = 200


@dataclass(frozen=True)
class Interaction:
    """How much two parameters do only together.

    Attributes:
        strength: share of the variance of the forest's predictions that is due to the two together and to neither
            alone: the two-way term of the functional ANOVA (Hutter, Hoos and Leyton-Brown 2014, ICML). A forest learns
            a part of it: of 1/19 in a b + c, 0.02 from 200 trials and 0.045 from 5,000; less where neither acts alone.
        h_squared: the same as a share of what the two do in all, alone and together: Friedman and Popescu 2008
            (Annals of Applied Statistics 2:916, eq. 44), over the product of their distributions.
        null_strength: mean strength in data of the same size and noise without interactions: a forest finds some.
        p_value: how often the strongest pair of such data stands out as much, of 20; so the smallest is 0.05.
        n: trials that have both.
    """

    params: tuple[str, str]
    strength: float
    h_squared: float
    null_strength: float
    p_value: float
    n: int

    @property
    def is_found(self) -> bool:
        """Whether it is more than the noise of the strongest pair."""
        return self.p_value <= SIGNIFICANT


def interactions(
    params: pd.DataFrame, score: pd.Series, among: Sequence[str], *, seed: int = 0
) -> tuple[Interaction, ...]:
    """Every pair of `among` that enough trials have together, the surest first.

    The null distribution is Friedman and Popescu's (2008, section 8.3): the score is replaced by an additive model of
    it plus that model's residuals in random order, and the same forest is grown again. The p-values hold for all pairs
    at once (Westfall and Young 1993). Where several pairs stand out, the strongest is let into the null model and the
    others are judged anew: a forest blurs one interaction into others that share a parameter with it.

    A pair is judged over the trials that have both its parameters. So a family's own number never interacts with the
    family, and numbers of two families are no pair.

    Args:
        params, score: as for `importance`.
        among: names of a few parameters that matter, `Importance.leading`; time grows with the square of their number.
    """
    unknown = [name for name in among if name not in params]
    if unknown:
        raise AnalysisError(f"{unknown[0]} is no parameter of these trials; choose among {', '.join(map(str, params))}")
    rows = _scored(score, seed)
    varying = params.iloc[rows].loc[:, [varies(params[name].iloc[rows]) for name in params]]
    y = score.iloc[rows].to_numpy(dtype=float)
    pairs = [pair for pair in combinations(among, 2) if _occurs_together(varying, pair)]
    if not pairs:
        return ()
    encoded = encode(varying, seed=seed)
    grids = [_grid(encoded, pair, np.random.default_rng(seed)) for pair in pairs]
    found = _step_down(encoded, y, grids, seed)
    return tuple(sorted(found, key=lambda one: (one.p_value, -one.strength)))


def _scored(score: pd.Series, seed: int) -> np.ndarray:
    rows = np.flatnonzero(score.notna().to_numpy())
    return np.sort(np.random.default_rng(seed).permutation(rows)[:_MOST_ROWS])


def _occurs_together(params: pd.DataFrame, pair: tuple[str, str]) -> bool:
    """Whether enough trials have both, and both vary among them."""
    if not set(pair) <= set(params):
        return False
    both = params[list(pair)][is_present(params[pair[0]]) & is_present(params[pair[1]])]
    return len(both) >= MIN_TRIALS and all(varies(both[name]) for name in pair)


@dataclass(frozen=True)
class _Grid:
    """Where forests are asked how the score depends on a pair, the other parameters as in some of the trials.

    Attributes:
        n: trials that have both.
        points: values of the first * values of the second * trials, x columns.
        weights: of the values of either.
        trials: trials that have both, over which the predictions vary.
    """

    pair: tuple[str, str]
    n: int
    points: np.ndarray
    weights: tuple[np.ndarray, np.ndarray]
    trials: np.ndarray


def _grid(encoded: Encoded, pair: tuple[str, str], rng: np.random.Generator) -> _Grid:
    first, second = (encoded.columns(name) for name in pair)
    both = rng.permutation(encoded.matrix[encoded.has(pair[0]) & encoded.has(pair[1])])
    (first_values, first_weights), (second_values, second_weights) = _values(both[:, first]), _values(both[:, second])
    background = both[:_BACKGROUND]
    points = np.tile(background, (len(first_values), len(second_values), 1, 1))
    points[..., first] = first_values[:, None, None]
    points[..., second] = second_values[None, :, None]
    return _Grid(
        pair, len(both), points.reshape(-1, both.shape[1]), (first_weights, second_weights), both[:_VARIANCE_ROWS]
    )


def _values(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All values of a parameter with their shares of the trials, or eight quantiles where there are more."""
    values, counts = np.unique(block, axis=0, return_counts=True)
    if len(values) <= _VALUES:
        return values, counts / counts.sum()
    middles = ((np.arange(_VALUES) + 0.5) / _VALUES * len(block)).astype(int)
    return block[np.lexsort(block.T)][middles], np.full(_VALUES, 1 / _VALUES)


def _step_down(encoded: Encoded, score: np.ndarray, grids: Sequence[_Grid], seed: int) -> list[Interaction]:
    """Judge all pairs, accept the strongest that stands out, judge the others that stood out given those accepted."""
    observed = _measure([score], encoded, grids, seed)[0]
    judged: dict[int, Interaction] = {}
    accepted: list[tuple[str, str]] = []
    tested = list(range(len(grids)))
    while tested:
        scores = _null_scores(encoded, score, accepted, seed)
        nulls = _measure(scores, encoded, [grids[i] for i in tested], seed)[..., 0]
        p_values = _p_values(observed[tested, 0], nulls)
        for i, p_value, null in zip(tested, p_values, nulls.mean(axis=0), strict=True):
            worst = max(float(p_value), judged[i].p_value if i in judged else 0)
            judged[i] = _interaction(grids[i], observed[i], float(null), worst)
        standing = sorted((i for i in tested if judged[i].is_found), key=lambda i: -judged[i].strength)
        accepted += [grids[i].pair for i in standing[:1]]
        tested = standing[1:]
    return list(judged.values())


def _interaction(grid: _Grid, shares: np.ndarray, null: float, p_value: float) -> Interaction:
    strength, h_squared = map(float, shares)
    return Interaction(grid.pair, strength, h_squared, null_strength=null, p_value=p_value, n=grid.n)


def _null_scores(
    encoded: Encoded, score: np.ndarray, accepted: Sequence[tuple[str, str]], seed: int
) -> Iterator[np.ndarray]:
    """Scores as they would be if only `accepted` pairs interacted: boosted trees and their shuffled residuals.

    Each tree splits the columns of one parameter or of one accepted pair; without any, trees have one split, as in the
    paper. Residuals are held-out ones, as those of the fit are too small.
    """
    allowed = [encoded.columns(name) for name in encoded.names]
    allowed += [np.concatenate([encoded.columns(name) for name in pair]) for pair in accepted]
    model = HistGradientBoostingRegressor(
        max_iter=_BOOSTED,
        max_leaf_nodes=8 if accepted else 2,
        min_samples_leaf=5,
        interaction_cst=[set(columns.tolist()) for columns in allowed],
        early_stopping=False,
        random_state=seed,
    )
    own = np.where(encoded.present[:, encoded.owner], encoded.matrix, np.nan)  # a split may send NaN either way
    held_out = cross_val_predict(model, own, score, cv=KFold(FOLDS, shuffle=True, random_state=seed))
    fitted = model.fit(own, score).predict(own)
    rng = np.random.default_rng(seed)
    return (fitted + rng.permutation(score - held_out) for _ in range(_NULLS))


def _measure(scores: Iterable[np.ndarray], encoded: Encoded, grids: Sequence[_Grid], seed: int) -> np.ndarray:
    """Scores x grids x (strength, H squared); one forest per score."""
    forests = (grow(encoded.matrix, score, size=_SIZE, seed=seed) for score in scores)
    return np.array([[_shares(forest, grid) for grid in grids] for forest in forests])


def _shares(forest: RandomForestRegressor, grid: _Grid) -> tuple[float, float]:
    """The joint effect as a share of all variance, and of what the pair does."""
    first, second = grid.weights
    dependence = predict(forest, grid.points).reshape(len(first), len(second), -1).mean(axis=2)
    dependence = dependence - first @ dependence @ second
    rows, columns = dependence @ second, first @ dependence
    joint = first @ (dependence - rows[:, None] - columns) ** 2 @ second
    total, pair = predict(forest, grid.trials).var(), first @ dependence**2 @ second
    return (joint / total if total > 0 else 0.0), (joint / pair if pair > 0 else 0.0)


def _p_values(observed: np.ndarray, nulls: np.ndarray) -> np.ndarray:
    """Of each pair: how often the strongest pair of a null score stands out as much.

    Strengths of all pairs are brought to one scale before they are compared.

    Args:
        observed: pairs.
        nulls: scores x pairs.
    """
    strengths = np.vstack([observed, nulls])
    spread = strengths.std(axis=0)
    scaled = (strengths - strengths.mean(axis=0)) / np.where(spread > 0, spread, 1)
    strongest = scaled[1:].max(axis=1)
    return (1 + (strongest[:, None] >= scaled[0]).sum(axis=0)) / len(strengths)
