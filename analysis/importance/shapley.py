"""SHAP (Lundberg et al. 2020, Nature Machine Intelligence 2:56): what each parameter adds to each prediction."""

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from analysis.importance.encoding import Encoded

_TREES = 60
_SAMPLE = 400  # trials that a tree draws at most: SHAP's time grows with leaves times depth squared
_MOST_ROWS = 1000


def mean_absolute_shap(encoded: Encoded, score: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """Mean |SHAP| per parameter in units of the score, over at most 1,000 trials, by a smaller forest.

    A parameter's indicators are added up in each trial before the absolute value is taken; where a trial does not
    have a parameter, it adds nothing.
    """
    import shap  # takes seconds to import

    sample = min(_SAMPLE, len(score))
    forest = RandomForestRegressor(_TREES, min_samples_leaf=2, max_samples=sample, random_state=seed)
    forest.fit(encoded.matrix, score)
    rows = np.sort(np.random.default_rng(seed).permutation(len(score))[:_MOST_ROWS])
    values = shap.TreeExplainer(forest).shap_values(encoded.matrix[rows], check_additivity=False)
    by_parameter = np.asarray(values) @ np.equal.outer(encoded.owner, np.arange(len(encoded.names)))
    return np.abs(by_parameter * encoded.present[rows]).mean(axis=0)
