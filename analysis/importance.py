"""Which hyperparameters matter: a random forest of the score, judged before it is believed.

As in NabJa/scaling-ecg-models: random-forest regression, three-fold cross-validated Pearson correlation, Gini
importance with Spearman's rank correlation; beside them permutation importance on the held-out folds.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

MIN_TRIALS = 12
FOLDS = 3
TRUSTED_PEARSON = 0.5
_TREES = 300
_REPEATS = 10
_BOOTSTRAP = 500


@dataclass(frozen=True)
class ParameterImportance:
    """How much one hyperparameter matters for the score.

    Attributes:
        gini: share of the forest's variance reduction; all parameters sum to 1.
        permutation: fall of R2 on held-out folds when the parameter is shuffled; mean over folds.
        spearman: rank correlation with the score, over the trials that have the parameter; None for a category.
        spearman_ci95: its bootstrap interval.
    """

    param: str
    gini: float
    permutation: float
    spearman: float | None
    spearman_ci95: tuple[float, float] | None


@dataclass(frozen=True)
class Importance:
    """The surrogate and what it says, most important first.

    Attributes:
        cv_pearson: per held-out fold, the correlation of predicted and observed score.
        n: trials it was fitted on.
    """

    cv_pearson: tuple[float, ...]
    n: int
    params: tuple[ParameterImportance, ...]

    @property
    def cv_pearson_mean(self) -> float:
        return float(np.mean(self.cv_pearson))

    @property
    def trusted(self) -> bool:
        """Whether the surrogate predicts well enough for importances to mean anything."""
        return self.cv_pearson_mean >= TRUSTED_PEARSON


def importance(params: pd.DataFrame, score: pd.Series, *, seed: int = 0) -> Importance | None:
    """Importance of each parameter that varies; None with fewer than MIN_TRIALS trials or nothing to explain.

    Args:
        params: trials x parameters; numbers stay numbers, everything else becomes one indicator per value, also a
            parameter that is None in some trials. NaN, where another family was drawn, takes the typical value.
        score: what is to be explained.
    """
    named = params.map(lambda value: "none" if value is None else value)
    varying = named.loc[:, named.nunique(dropna=False) > 1]
    if len(score) < MIN_TRIALS or varying.shape[1] == 0 or score.nunique() < 2:
        return None
    names = [str(name) for name in varying]
    numeric = [name for name in names if _is_numeric(varying[name])]
    categorical = [name for name in names if name not in numeric]
    filled = _fill_gaps(varying, numeric, categorical)
    pearson, permutation = _cross_validate(filled, score, categorical, seed)
    gini = _gini(_forest(categorical, seed).fit(filled, score), numeric, categorical)
    rows = [
        ParameterImportance(
            name, gini[name], permutation[name], *_rank_correlation(varying[name], score, numeric, seed)
        )
        for name in names
    ]
    return Importance(pearson, len(score), tuple(sorted(rows, key=lambda row: -row.permutation)))


def _fill_gaps(params: pd.DataFrame, numeric: list[str], categorical: list[str]) -> pd.DataFrame:
    numbers = {name: params[name].astype(float).fillna(params[name].astype(float).median()) for name in numeric}
    words = {name: params[name].fillna(params[name].mode().iloc[0]).astype(str) for name in categorical}
    return pd.DataFrame(numbers | words, index=params.index)[list(params.columns)]


def _is_numeric(values: pd.Series) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values.dropna())


def _forest(categorical: list[str], seed: int) -> Pipeline:
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), categorical), remainder="passthrough"
    )
    return make_pipeline(encode, RandomForestRegressor(_TREES, min_samples_leaf=2, random_state=seed))


def _cross_validate(
    params: pd.DataFrame, score: pd.Series, categorical: list[str], seed: int
) -> tuple[tuple[float, ...], dict[str, float]]:
    pearson, falls = [], []
    for train, held_out in KFold(FOLDS, shuffle=True, random_state=seed).split(params):
        forest = _forest(categorical, seed).fit(params.iloc[train], score.iloc[train])
        pearson.append(_pearson(forest.predict(params.iloc[held_out]), score.iloc[held_out].to_numpy()))
        fall = permutation_importance(
            forest, params.iloc[held_out], score.iloc[held_out], n_repeats=_REPEATS, random_state=seed
        )
        falls.append(fall.importances_mean)
    return tuple(pearson), dict(zip(params.columns, np.mean(falls, axis=0).tolist(), strict=True))


def _gini(fitted: Pipeline, numeric: list[str], categorical: list[str]) -> dict[str, float]:
    """Importances of a category's indicators add up to the category's."""
    encoder, forest = fitted[0], fitted[-1]
    owners = [
        name
        for name, values in zip(
            categorical,
            encoder.named_transformers_["onehotencoder"].categories_ if categorical else [],
            strict=True,
        )
        for _ in values
    ] + numeric
    shares = pd.Series(forest.feature_importances_).groupby(pd.Series(owners)).sum()
    return {str(name): float(share) for name, share in shares.items()}


def _rank_correlation(
    values: pd.Series, score: pd.Series, numeric: list[str], seed: int
) -> tuple[float | None, tuple[float, float] | None]:
    if values.name not in numeric:
        return None, None
    present = values.notna()
    x, y = values[present].to_numpy(dtype=float), score[present].to_numpy()
    if len(x) < 4 or len(np.unique(x)) < 2:
        return None, None
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(x), size=len(x)) for _ in range(_BOOTSTRAP))
    resampled = [_spearman(x[rows], y[rows]) for rows in draws if len(np.unique(x[rows])) > 1]
    low, high = np.quantile(resampled, [0.025, 0.975])
    return _spearman(x, y), (float(low), float(high))


def _spearman(x: np.ndarray, y: np.ndarray) -> float:
    return float(spearmanr(x, y).statistic) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.corrcoef(x, y)[0, 1]) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0
