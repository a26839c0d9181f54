"""Which parameters matter: random forests of the score, judged before they are believed.

As in NabJa/scaling-ecg-models: random-forest regression, three-fold cross-validated Pearson correlation, Gini
importance with Spearman's rank correlation, SHAP; beside them permutation importance on held-out folds, by which
parameters are ranked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.columns import is_numeric, is_present
from analysis.errors import AnalysisError
from analysis.importance.correlation import rank_correlation
from analysis.importance.draws import count_draws
from analysis.importance.encoding import encode, varies
from analysis.importance.forest import Fold, cross_validate, gini
from analysis.importance.permutation import permutation_falls
from analysis.importance.results import MIN_TRIALS, Importance, ParameterImportance, Predictions, Status
from analysis.importance.shapley import mean_absolute_shap


def importance(
    params: pd.DataFrame,
    score: pd.Series,
    *,
    derived: pd.DataFrame | None = None,
    samplers: pd.Series | None = None,
    shap: bool = False,
    seed: int = 0,
) -> Importance:
    """Importance of each parameter that varies, or why there is none.

    All tables share the index of `params`. `importance_by(params, score, drawn_uniformly(samplers))` ranks the trials
    that were drawn uniformly alone.

    Args:
        params: trials x parameters. Numbers have an order, everything else is a category, None among its values. NaN,
            where another family was drawn, is no value: what having a parameter does is not ascribed to it.
        score: what is to be explained; trials without one (NaN) are left out and counted.
        derived: trials x numbers that follow from the parameters, as FLOPs and stages do. They would take credit from
            the parameters that they follow from, so `params` are ranked without them, and both in `with_derived`.
        samplers: the name of the sampler that drew each trial; None where nobody knows, as of a table from elsewhere.
        shap: whether to add mean |SHAP|, which takes seconds.

    Raises:
        AnalysisError: the tables hold different trials, a name occurs twice, or the score is not a finite number.
    """
    _check(params, score, derived)
    scored = score.notna()
    known, y = params[scored].rename(columns=str), score[scored].to_numpy(dtype=float)
    found = Importance(
        status=_status(known, y),
        n=len(y),
        n_unscored=int((~scored).sum()),
        left_out=_constant(known),
        draws=count_draws(None if samplers is None else samplers[scored], len(y)),
    )
    if found.status is not Status.RANKED:
        return found
    ranked = _rank(found, known, y, shap=shap, seed=seed)
    if derived is None:
        return ranked
    return replace(ranked, with_derived=_rank_with(derived[scored].rename(columns=str), found, known, y, seed))


def _check(params: pd.DataFrame, score: pd.Series, derived: pd.DataFrame | None) -> None:
    tables = [params] if derived is None else [params, derived]
    twice = [str(name) for name, count in Counter(name for table in tables for name in table).items() if count > 1]
    if twice:
        raise AnalysisError(f"{twice[0]} names more than one column; each parameter and derived number needs its own")
    if not all(table.index.equals(score.index) for table in tables):
        raise AnalysisError("parameters, derived numbers and score must be of the same trials in the same order")
    if not is_numeric(score) or np.isinf(score.to_numpy(dtype=float)).any():
        raise AnalysisError(f"the score {score.name} must hold finite numbers, or NaN where a trial has none")


def _status(params: pd.DataFrame, score: np.ndarray) -> Status:
    if len(score) < MIN_TRIALS:
        return Status.TOO_FEW_TRIALS
    if np.ptp(score) == 0:
        return Status.SCORE_IS_CONSTANT
    return Status.NO_PARAMETER_VARIES if len(_constant(params)) == params.shape[1] else Status.RANKED


def _constant(table: pd.DataFrame) -> tuple[str, ...]:
    return tuple(str(name) for name in table if not varies(table[name]))


def _rank_with(
    derived: pd.DataFrame, found: Importance, params: pd.DataFrame, score: np.ndarray, seed: int
) -> Importance:
    found = replace(found, left_out=found.left_out + _constant(derived))
    return _rank(found, pd.concat([params, derived], axis=1), score, derived=[*map(str, derived)], seed=seed)


def _rank(
    found: Importance,
    params: pd.DataFrame,
    score: np.ndarray,
    *,
    derived: Sequence[str] = (),
    shap: bool = False,
    seed: int,
) -> Importance:
    varying = params.drop(columns=list(found.left_out))
    encoded = encode(varying, seed=seed)
    folds = cross_validate(encoded.matrix, score, seed=seed)
    rows = [
        ParameterImportance(
            param=name,
            n=int(encoded.has(name).sum()),
            permutation=fall.mean,
            permutation_ci95=fall.ci95,
            gini=float(share),
            derived=name in derived,
        )
        for name, fall, share in zip(
            encoded.names,
            permutation_falls(folds, encoded, score, seed=seed),
            gini(folds, encoded.owner),
            strict=True,
        )
    ]
    rows = [_with_correlation(row, varying[row.param], score, seed) for row in rows]
    if shap:
        added = mean_absolute_shap(encoded, score, seed=seed)
        rows = [replace(row, shap=float(share)) for row, share in zip(rows, added, strict=True)]
    ranked = tuple(sorted(rows, key=lambda row: -row.permutation))
    return replace(
        found,
        cv_pearson=tuple(fold.pearson for fold in folds),
        params=ranked,
        predictions=_predictions(folds, params.index, score),
    )


def _predictions(folds: Sequence[Fold], trials: pd.Index, score: np.ndarray) -> Predictions:
    held_out = np.concatenate([fold.held_out for fold in folds])
    return Predictions(
        trials=tuple(trials[held_out].tolist()),
        fold=tuple(place for place, fold in enumerate(folds) for _ in fold.held_out),
        observed=tuple(score[held_out].tolist()),
        predicted=tuple(np.concatenate([fold.predicted for fold in folds]).tolist()),
    )


def _with_correlation(row: ParameterImportance, column: pd.Series, score: np.ndarray, seed: int) -> ParameterImportance:
    """With the rank correlation over the trials that have the parameter; a category has none."""
    if not is_numeric(column):
        return row
    present = is_present(column).to_numpy()
    found = rank_correlation(column[present].to_numpy(dtype=float), score[present], seed=seed)
    return row if found is None else replace(row, spearman=found.rho, spearman_ci95=found.ci95)
