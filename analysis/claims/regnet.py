"""What the data-driven scaling laws of NabJa/scaling-ecg-models found on a RegNet space (EHJ Digital Health 2026)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.stats import norm

from analysis.bootstrap import LEVEL, Interval, percentile_interval, resamples
from analysis.claims.claim import ABOVE, BELOW, Claim, Finding
from analysis.columns import is_numeric, is_present
from analysis.importance import MIN_TRIALS, Importance, importance
from analysis.importance.correlation import rank_correlation
from analysis.labels.regression import MIN_DEGREES, fit
from analysis.status import Status
from analysis.trials import Trials

_SOURCE = "NabJa/scaling-ecg-models, EHJ Digital Health 2026"
OPTIMIZER = "train.optimizer"
_STAGES, _DEPTH, _W_M = "stages", "regnet.depth", "regnet.w_m"
_SGD, _MOMENTUM, _ADAMW = "sgd", "sgd-momentum", "adamw"
_NEAR = 1.0  # stage
_AS_WELL = 0.2  # of a correlation
_DRAWS = 1000
_RANKS = "Spearman's rank correlation over the trials of the optimiser; bootstrap interval"

_STAGES_FIRST = Finding(
    "the number of stages matters most",
    _SOURCE,
    "permutation importance of stages less that of the next",
    "random forest of the parameters and stages; the optimiser, within which the source ranks, is not ranked; from the "
    "lower end of one interval to the upper end of the other",
    ABOVE,
)
_LARGE_W_M = Finding(
    "adamw is needed to use large w_m",
    _SOURCE,
    "growth of adamw's lead in score per unit of w_m",
    "linear regression on w_m, adamw and their product; HC3 interval",
    ABOVE,
)


def check_regnet(complete: Trials, forests: Mapping[str, Importance], *, seed: int = 0) -> tuple[Claim, ...]:
    """Its findings in the source's order: stages, optimisers, the surrogate.

    Args:
        forests: the importances within each optimiser.
    """
    return (
        _stages_first(complete, seed),
        _best_stages(complete, _ADAMW, 4, seed),
        _best_stages(complete, _MOMENTUM, 3, seed),
        _falls(complete, _SGD, _STAGES, seed),
        _large_w_m(complete),
        _falls(complete, _SGD, _DEPTH, seed),
        _falls(complete, _MOMENTUM, _DEPTH, seed),
        *(_predicted(forests.get(name), name, r) for name, r in ((_SGD, 0.90), (_MOMENTUM, 0.87), (_ADAMW, 0.45))),
    )


def _stages_first(complete: Trials, seed: int) -> Claim:
    """Whether stages are ahead of whatever comes next, by forests that see the parameters and stages alone."""
    if _STAGES not in complete.attrs:
        return _STAGES_FIRST.untold("no trial says how many stages it has", 0)
    stages = complete.attrs[[_STAGES]].astype(float)
    ranked = importance(complete.params, complete.values[complete.score.name], derived=stages, seed=seed).with_derived
    if ranked is None or not ranked.trusted:
        return _STAGES_FIRST.untold((ranked.doubt if ranked else _too_few(len(complete))).rstrip("."), len(complete))
    own = next((row for row in ranked.params if row.param == _STAGES), None)
    others = [row for row in ranked.params if row.param not in (_STAGES, OPTIMIZER)]
    if own is None or not others:
        return _STAGES_FIRST.untold("the number of stages does not vary beside another parameter", ranked.n)
    next_best = max(others, key=lambda row: row.permutation)
    low = own.permutation_ci95[0] - next_best.permutation_ci95[1]
    high = own.permutation_ci95[1] - next_best.permutation_ci95[0]
    return _STAGES_FIRST.judged(own.permutation - next_best.permutation, (low, high), ranked.n)


def _best_stages(complete: Trials, optimizer: str, best: int, seed: int) -> Claim:
    """Where a parabola of score over stages is highest, within the stages that were tried."""
    finding = Finding(
        f"{optimizer} is best near {best} stages",
        _SOURCE,
        "best number of stages",
        f"highest point of a parabola of the score over stages; bootstrap interval; near is within {_NEAR:g} stage",
        (best - _NEAR, best + _NEAR),
    )
    stages, score = _columns(complete, optimizer, _STAGES)
    if len(score) < MIN_TRIALS:
        return finding.untold(_too_few(len(score), optimizer), len(score))
    if (tried := len(np.unique(stages))) < 3:
        return finding.untold(f"numbers of stages tried with {optimizer}: {tried}; at least 3 are needed", len(score))
    drawn = [_highest(stages[rows], score[rows]) for rows in resamples(len(score), _DRAWS, seed)]
    return finding.judged(_highest(stages, score), percentile_interval(np.array(drawn)), len(score))


def _highest(x: np.ndarray, y: np.ndarray) -> float:
    """Where the least-squares parabola is highest between the ends of x; NaN where x has fewer than three values."""
    if len(np.unique(x)) < 3:
        return float("nan")
    curve = np.linalg.lstsq(np.vander(x, 3), y, rcond=None)[0]
    low, high = float(x.min()), float(x.max())
    places = [low, high]
    if curve[0] < 0:
        places.append(float(np.clip(-curve[1] / (2 * curve[0]), low, high)))
    return max(places, key=lambda place: float(np.polyval(curve, place)))


def _falls(complete: Trials, optimizer: str, column: str, seed: int) -> Claim:
    name = column.rpartition(".")[2]
    finding = Finding(
        f"{optimizer} {'fails with depth' if column == _DEPTH else f'falls with {name}'}",
        _SOURCE,
        f"rank correlation of {name} and score",
        _RANKS,
        BELOW,
    )
    x, score = _columns(complete, optimizer, column)
    if len(score) < MIN_TRIALS:
        return finding.untold(_too_few(len(score), optimizer), len(score))
    found = rank_correlation(x, score, seed=seed)
    if found is None:
        return finding.untold(f"the trials of {optimizer} do not differ in {name} or in their score", len(score))
    return finding.judged(found.rho, found.ci95, len(score))


def _large_w_m(complete: Trials) -> Claim:
    """adamw's lead over the others, and its change with w_m."""
    params = complete.params
    if not {_W_M, OPTIMIZER} <= {*params.columns}:
        return _LARGE_W_M.untold("w_m and the optimiser were not both searched", 0)
    kept = (params[_W_M].notna() & params[OPTIMIZER].isin([_SGD, _MOMENTUM, _ADAMW])).to_numpy()
    w_m = params[_W_M].to_numpy(dtype=float)[kept]
    adamw = (params[OPTIMIZER] == _ADAMW).to_numpy(dtype=float)[kept]
    n = len(w_m)
    if n < MIN_TRIALS:
        return _LARGE_W_M.untold(_too_few(n), n)
    score = complete.score.sign * complete.values[complete.score.name].to_numpy()[kept]
    columns = np.column_stack([w_m, adamw, adamw * (w_m - w_m.mean())])
    found = fit(columns, np.zeros(n, dtype=int), score[:, None])
    if found.status[2] is not Status.ANSWERED:
        return _LARGE_W_M.untold(f"w_m and adamw were not varied independently in {MIN_DEGREES} trials or more", n)
    growth = found.estimate(2, 0)
    return _LARGE_W_M.judged(growth.value, growth.ci95, n)


def _predicted(ranked: Importance | None, optimizer: str, r: float) -> Claim:
    """Whether a forest predicts the trials of an optimiser as well as the source's did."""
    finding = Finding(
        f"a random forest predicts the score under {optimizer} with r = {r:.2f}",
        _SOURCE,
        "cross-validated r",
        f"mean r of three folds, Fisher's interval; as well is within {_AS_WELL:g}",
        (r - _AS_WELL, r + _AS_WELL),
    )
    if ranked is None or not ranked.cv_pearson:
        why = ranked.doubt.rstrip(".") if ranked else _too_few(0, optimizer)
        return finding.untold(why, ranked.n if ranked else 0)
    return finding.judged(ranked.cv_pearson_mean, _fisher(ranked.cv_pearson_mean, ranked.n), ranked.n)


def _fisher(r: float, n: int) -> Interval:
    reach = norm.ppf((1 + LEVEL) / 2) / np.sqrt(n - 3)
    low, high = np.tanh(np.arctanh(r) + np.array([-reach, reach]))
    return float(low), float(high)


def _columns(complete: Trials, optimizer: str, column: str) -> tuple[np.ndarray, np.ndarray]:
    """A number and the score (larger is better) of an optimiser's trials; nothing where the trials do not have it."""
    table = complete.attrs if column in complete.attrs else complete.params
    if column not in table or OPTIMIZER not in complete.params or not is_numeric(table[column]):
        return np.array([]), np.array([])
    kept: pd.Series = (complete.params[OPTIMIZER] == optimizer) & is_present(table[column])
    score = complete.score.sign * complete.values[complete.score.name]
    return table[column][kept].to_numpy(dtype=float), score[kept].to_numpy(dtype=float)


def _too_few(n: int, optimizer: str = "") -> str:
    return f"{n} trials{f' of {optimizer}' if optimizer else ''}; at least {MIN_TRIALS} are needed"
