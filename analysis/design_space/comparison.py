"""Whether one design space, region or family holds better networks than another.

All figures are of weighted distributions of error. With FLOPs given, the weights make complexity equally distributed in
both spaces, so that the answer is about networks of equal complexity.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from analysis.bootstrap import LEVEL, Interval, resamples
from analysis.design_space.best_of_draws import expected_best
from analysis.design_space.complexity import BINS, ComplexityBins, complexity_strata, stratum_weights
from analysis.errors import AnalysisError
from analysis.status import Status

MIN_TRIALS = 20
BEST_SHARE = 0.1
_FIRST, _SECOND = 0, 1


@dataclass(frozen=True)
class KolmogorovSmirnov:
    """The greatest distance between two distribution functions of error.

    Attributes:
        distance: from 0 to 1, whichever function is above.
        p_value: two-sided, by permutation: how often trials that were assigned to the spaces by chance, at equal
            complexity where FLOPs are given, lie at least as far apart.
        at: the error at which the functions are furthest apart.
        first, second: the share of each space with at most that error. The larger share is the better space there.
    """

    distance: float
    p_value: float
    at: float
    first: float
    second: float


@dataclass(frozen=True)
class Difference:
    """Error of the first space minus error of the second: below 0, the first is better.

    Attributes:
        first, second: what is compared.
        difference: without the bias that the bootstrap finds, so not always first - second.
        ci95: difference -+ Student's t times the bootstrap's standard deviation.
    """

    first: float
    second: float
    difference: float
    ci95: Interval


@dataclass(frozen=True)
class Comparison:
    """Two spaces side by side; figures are None unless `status` is ANSWERED, and `why` then says why.

    Attributes:
        n: trials compared, of the first and of the second space.
        left_out: trials that were not: without an error or FLOPs, or without a counterpart of their complexity.
        ks: how far apart the distributions are.
        mean: difference of the mean errors.
        best: difference of the expected best errors of `best_of` trials of each space. The best of all trials would
            favour the space with more of them; and the best of as many as the smaller space has cannot be known from
            them, hence a tenth of that (its interval covers, that of the best of all does not).
        complexity: the bins, where FLOPs were given.
    """

    status: Status
    why: str | None
    n: tuple[int, int]
    left_out: int
    ks: KolmogorovSmirnov | None = None
    mean: Difference | None = None
    best: Difference | None = None
    best_of: int | None = None
    complexity: ComplexityBins | None = None


@dataclass(frozen=True)
class _Pooled:
    """Trials of both spaces, smallest error first."""

    errors: np.ndarray
    space: np.ndarray
    stratum: np.ndarray

    def weights(self, counts: np.ndarray | None = None) -> np.ndarray:
        return stratum_weights(self.stratum, self.space, counts)


def compare(
    first: np.ndarray,
    second: np.ndarray,
    *,
    flops: tuple[np.ndarray, np.ndarray] | None = None,
    bins: int = BINS,
    draws: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare two sets of trials by their errors.

    Args:
        first, second: errors of the trials, n1 and n2; NaN are left out.
        flops: FLOPs of the same trials, to compare at equal complexity.
        bins: of log10 FLOPs.
        draws: permutations, and bootstrap samples of the trials of each space.

    Raises:
        AnalysisError: errors and FLOPs differ in number, or there are no draws or bins.
    """
    if draws < 1:
        raise AnalysisError(f"a comparison needs at least 1 draw, but got {draws}; 1000 are usual")
    pooled, shared = _pool(first, second, flops, bins)
    n = int((pooled.space == _FIRST).sum()), int((pooled.space == _SECOND).sum())
    left_out = len(first) + len(second) - sum(n)
    if min(n) < MIN_TRIALS:
        comparable = "" if flops is None else " of a complexity that both have"
        why = f"{n[0]} and {n[1]} trials{comparable}; at least {MIN_TRIALS} of each space are needed"
        return Comparison(Status.TOO_FEW, why, n, left_out, complexity=shared)
    best_of = _best_of(pooled)
    mean, best = _differences(pooled, best_of, draws, seed)
    ks = _kolmogorov_smirnov(pooled, draws, seed)
    return Comparison(Status.ANSWERED, None, n, left_out, ks, mean, best, best_of, shared)


def _pool(
    first: np.ndarray, second: np.ndarray, flops: tuple[np.ndarray, np.ndarray] | None, bins: int
) -> tuple[_Pooled, ComplexityBins | None]:
    errors = np.concatenate([first, second]).astype(float)
    space = np.repeat([_FIRST, _SECOND], [len(first), len(second)])
    told = ~np.isnan(errors)
    if flops is None:
        shared, stratum = None, np.where(told, 0, -1)
    else:
        if (len(flops[0]), len(flops[1])) != (len(first), len(second)):
            raise AnalysisError(
                f"each error needs its FLOPs, but got {len(first)} and {len(second)} errors with {len(flops[0])} and "
                f"{len(flops[1])} FLOPs"
            )
        usable = np.where(told, np.concatenate(flops), np.nan)
        stratum, shared = complexity_strata(usable, space, bins=bins)
    rows = np.flatnonzero(stratum >= 0)
    rows = rows[np.argsort(errors[rows], kind="stable")]
    return _Pooled(errors[rows], space[rows], stratum[rows]), shared


def _best_of(pooled: _Pooled) -> int:
    """A tenth of the smaller space, counted as the equally weighted trials that would be as informative (Kish)."""
    weights = pooled.weights()
    effective = min(1 / (weights[pooled.space == space] ** 2).sum() for space in (_FIRST, _SECOND))
    return max(1, int(BEST_SHARE * effective + 1e-9))


def _differences(pooled: _Pooled, best_of: int, draws: int, seed: int) -> tuple[Difference, Difference]:
    resampled = np.array([_figures(pooled, best_of, counts) for counts in _bootstrap(pooled.space, draws, seed)])
    figures = _figures(pooled, best_of)
    degrees = min(np.bincount(pooled.space)) - 1
    return (
        _difference(figures[0], resampled[:, 0], degrees),
        _difference(figures[1], resampled[:, 1], degrees),
    )


def _figures(pooled: _Pooled, best_of: int, counts: np.ndarray | None = None) -> np.ndarray:
    """2 x 2: mean and expected best error (rows) of both spaces (columns); NaN where they share no bin."""
    weights = pooled.weights(counts)
    if not weights.any():
        return np.full((2, 2), np.nan)
    members = [(pooled.errors[pooled.space == one], weights[pooled.space == one]) for one in (_FIRST, _SECOND)]
    return np.array(
        [
            [errors @ weight for errors, weight in members],
            [expected_best(errors, best_of, weight) for errors, weight in members],
        ]
    )


def _bootstrap(space: np.ndarray, draws: int, seed: int) -> list[np.ndarray]:
    """How often each trial is drawn, when each space is drawn anew from its own trials."""
    rows = [np.flatnonzero(space == one) for one in (_FIRST, _SECOND)]
    both = zip(*(resamples(len(own), draws, seed + one) for one, own in enumerate(rows)), strict=True)
    return [
        np.bincount(np.concatenate([own[drawn] for own, drawn in zip(rows, picked, strict=True)]), minlength=len(space))
        for picked in both
    ]


def _difference(observed: np.ndarray, resampled: np.ndarray, degrees: int) -> Difference:
    differences = resampled[:, _FIRST] - resampled[:, _SECOND]
    plain = observed[_FIRST] - observed[_SECOND]
    corrected = float(2 * plain - np.nanmean(differences))
    reach = float(student.ppf((1 + LEVEL) / 2, degrees) * np.nanstd(differences))
    return Difference(
        float(observed[_FIRST]), float(observed[_SECOND]), corrected, (corrected - reach, corrected + reach)
    )


def _kolmogorov_smirnov(pooled: _Pooled, draws: int, seed: int) -> KolmogorovSmirnov:
    """Membership is permuted within bins of complexity, so that the weights stay what they are."""
    ends = np.append(np.diff(pooled.errors) > 0, True)  # the last of equal errors: there the functions have values
    weights = pooled.weights()
    gaps = np.cumsum(np.where(pooled.space == _FIRST, weights, -weights))[ends]
    furthest = int(np.argmax(np.abs(gaps)))
    distance = float(abs(gaps[furthest]))
    rng = np.random.default_rng(seed)
    as_far = sum(_permuted_distance(pooled, ends, rng) >= distance - 1e-12 for _ in range(draws))
    at = float(pooled.errors[ends][furthest])
    shares = [float(weights[(pooled.space == space) & (pooled.errors <= at)].sum()) for space in (_FIRST, _SECOND)]
    return KolmogorovSmirnov(distance, (1 + as_far) / (1 + draws), at, *shares)


def _permuted_distance(pooled: _Pooled, ends: np.ndarray, rng: np.random.Generator) -> float:
    """The distance after one permutation of the spaces within each bin."""
    by_bin = np.argsort(pooled.stratum, kind="stable")
    shuffled = np.lexsort((rng.random(len(by_bin)), pooled.stratum))
    order = np.empty_like(by_bin)
    order[by_bin] = shuffled
    space, weights = pooled.space[order], pooled.weights()[order]
    return float(np.abs(np.cumsum(np.where(space == _FIRST, weights, -weights))[ends]).max())
