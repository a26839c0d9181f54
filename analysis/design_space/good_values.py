"""Which values of a parameter the best networks have, by the empirical bootstrap.

Radosavovic et al. (CVPR 2020, section 3.1; ICCV 2019): sample a quarter of the trials with replacement, take the value
of the best one, repeat. The distribution that the repeats approach is known in closed form, so nothing is drawn.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.bootstrap import LEVEL, Interval
from analysis.columns import is_numeric, is_present
from analysis.design_space.best_of_draws import best_probability
from analysis.design_space.complexity import BINS, complexity_strata
from analysis.design_space.edf import edf
from analysis.errors import AnalysisError
from analysis.status import Status

MIN_TRIALS = 12
_FEWEST_IN_BIN = 4  # one trial alone is the best of its bin, whatever it is
SHARE = 0.25


@dataclass(frozen=True)
class Choice:
    """One value of a category.

    Attributes:
        probability: that the best of the sampled trials has it.
        tried: share of the trials that have it. Good values are more probable than they were tried.
    """

    value: Any
    probability: float
    tried: float


@dataclass(frozen=True)
class GoodValues:
    """Values of one parameter in the best of `sampled` trials.

    Attributes:
        n: trials that have the parameter.
        sampled: trials in each sample; with bins of FLOPs, in the samples of all bins.
        median, range95: middle value and the range of 95 % of the best; None for a category.
        tried: smallest and largest value among the n trials; None for a category. A range as wide tells nothing.
        choices: of a category, most probable first.
        why: why nothing is said; None unless `status` says so too.
    """

    param: str
    status: Status
    why: str | None
    n: int
    sampled: int = 0
    median: float | None = None
    range95: Interval | None = None
    tried: Interval | None = None
    choices: tuple[Choice, ...] = ()


def good_values(
    params: pd.DataFrame,
    errors: np.ndarray,
    *,
    flops: np.ndarray | None = None,
    bins: int = BINS,
    share: float = SHARE,
) -> tuple[GoodValues, ...]:
    """The values of each parameter that the best networks have.

    Args:
        params: n trials x parameters. NaN: the trial does not have the parameter and says nothing about it. None is a
            value, which makes the parameter a category.
        errors: n errors; trials with NaN are left out.
        flops: n FLOPs; with them the samples are drawn within equally wide bins of log10 FLOPs and every bin counts
            the same, so that the values are not those of the largest networks alone.
        share: of the trials, in each sample.

    Raises:
        AnalysisError: `share` is not above 0 and up to 1, or there are not as many errors or FLOPs as trials.
    """
    errors = np.asarray(errors, dtype=float)
    if not 0 < share <= 1:
        raise AnalysisError(f"a sample is a share above 0 and up to 1 of the trials, but got {share}; 0.25 is usual")
    if len(errors) != len(params) or (flops is not None and len(flops) != len(params)):
        raise AnalysisError(
            f"each trial needs its error and its FLOPs, but got {len(params)} trials, {len(errors)} errors"
            + ("" if flops is None else f" and {len(flops)} FLOPs")
        )
    told = ~np.isnan(errors) & (True if flops is None else np.isfinite(flops) & (np.asarray(flops) > 0))
    found = []
    for name in params:
        rows = np.flatnonzero(told & is_present(params[name]).to_numpy(dtype=bool))
        strata = _strata(None if flops is None else np.asarray(flops)[rows], len(rows), bins)
        found.append(_of_one(str(name), params[name].iloc[rows], errors[rows], strata, share))
    return tuple(found)


def _strata(flops: np.ndarray | None, n: int, bins: int) -> list[np.ndarray]:
    """Row numbers of the trials in each bin; one bin of all without FLOPs."""
    if flops is None:
        return [np.arange(n)]
    stratum, _ = complexity_strata(flops, np.zeros(n, dtype=int), bins=bins)
    found = [np.flatnonzero(stratum == one) for one in np.unique(stratum)]
    full = [rows for rows in found if len(rows) >= _FEWEST_IN_BIN]
    return full or [np.arange(n)]


def _of_one(name: str, values: pd.Series, errors: np.ndarray, strata: list[np.ndarray], share: float) -> GoodValues:
    n = len(values)
    if n < MIN_TRIALS:
        return GoodValues(name, Status.TOO_FEW, f"{n} trials have {name}; at least {MIN_TRIALS} are needed", n)
    if values.nunique(dropna=False) < 2:
        return GoodValues(name, Status.CONSTANT, f"{name} is {values.iloc[0]} in all {n} trials", n)
    sizes = [max(1, round(share * len(rows))) for rows in strata]
    best = np.zeros(n)
    for rows, size in zip(strata, sizes, strict=True):
        best[rows] = best_probability(errors[rows], size) / len(strata)
    sampled = sum(sizes)
    if not is_numeric(values):
        return GoodValues(name, Status.ANSWERED, None, n, sampled, choices=_choices(values, best))
    numbers = values.to_numpy(dtype=float)
    of_best = edf(numbers, best)
    low, median, high = (of_best.quantile(at) for at in ((1 - LEVEL) / 2, 0.5, (1 + LEVEL) / 2))
    tried = float(numbers.min()), float(numbers.max())
    return GoodValues(name, Status.ANSWERED, None, n, sampled, median, (low, high), tried)


def _choices(values: pd.Series, best: np.ndarray) -> tuple[Choice, ...]:
    code, distinct = pd.factorize(values, use_na_sentinel=False)
    probability = np.bincount(code, weights=best)
    tried = np.bincount(code) / len(code)
    rows = [
        Choice(None if missing else value, float(chance), float(part))
        for value, missing, chance, part in zip(distinct, pd.isna(distinct), probability, tried, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: -row.probability))
