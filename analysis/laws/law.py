"""A scaling law fitted to a table: its numbers, how certain they are, and whether to believe them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analysis.bootstrap import Interval, percentile_interval, resamples
from analysis.errors import AnalysisError
from analysis.laws.band import Band, power_band
from analysis.laws.fit import Fit, fit_curve
from analysis.laws.form import Form
from analysis.laws.holdout import HeldOut, doubt, enough, hold_out
from analysis.laws.loss import Loss
from analysis.laws.saturation import Saturation, saturation
from analysis.laws.status import Status

MIN_DRAWS = 20


@dataclass(frozen=True)
class FitSettings:
    """How a law is fitted.

    Attributes:
        huber_delta: where the loss on residuals of ln y turns from squared to absolute (Hoffmann et al. use 1e-3).
        drop_worst: leave out so many points of the largest y first.
        draws: bootstrap resamples of the points.
        hold_out_over: hold out the points whose compute (x, or N * D) is larger; None holds out the largest third.

    Raises:
        AnalysisError: a number is out of its range.
    """

    huber_delta: float = 1e-3
    drop_worst: int = 0
    draws: int = 1000
    seed: int = 0
    hold_out_over: float | None = None

    def __post_init__(self) -> None:
        if not 0 < self.huber_delta < np.inf:
            raise AnalysisError(f"Huber's delta is a number above 0, but got {self.huber_delta:g}; 0.001 is usual")
        if self.drop_worst < 0:
            raise AnalysisError(f"rows to drop are 0 or more, but got {self.drop_worst}; 0 keeps all")
        if self.hold_out_over is not None and not np.isfinite(self.hold_out_over):
            raise AnalysisError(f"points above a number are held out, but got {self.hold_out_over:g}; leave it out")
        if self.draws < MIN_DRAWS:
            raise AnalysisError(
                f"an interval needs at least {MIN_DRAWS} bootstrap draws, but got {self.draws}; 1000 is usual"
            )


@dataclass(frozen=True)
class Dropped:
    """Points left out before the fit, and by which rule: they move the result."""

    count: int
    rule: str


@dataclass(frozen=True)
class Law:
    """A fitted law.

    Attributes:
        n: points it was fitted to.
        objective: the sum of Huber's loss over residuals of ln y; NaN with too few points.
        params, ci95: `E`, `A`, `alpha`, `B`, `beta`, those that the form has, and their bootstrap intervals; empty with
            too few points. An interval that ends at `E`'s bound, a thousandth of the smallest y, reaches no offset.
        status, reason: whether to believe it, and why, in one sentence.
        holdout: None where too few points remain without the largest third.
        left_out: rows with a NaN.
        saturation: where y stops to fall, for a power law with an offset that is told from zero; else None.
        band: the law with its pointwise interval, of a law in one x; else None.
    """

    form: Form
    n: int
    objective: float
    params: Mapping[str, float]
    ci95: Mapping[str, Interval]
    status: Status
    reason: str
    holdout: HeldOut | None
    dropped: Dropped
    left_out: int
    saturation: Saturation | None
    band: Band | None = None

    def predict(self, x: np.ndarray) -> np.ndarray:
        """y at `x`: n, or n x 2 of N and D. NaN where x is, and everywhere with too few points."""
        columns = np.asarray(x, dtype=float).reshape(len(x), self.form.inputs).T
        if not self.params:
            return np.full(len(x), np.nan)
        terms = [
            self.params[amplitude] * column ** -self.params[exponent]
            for amplitude, exponent, column in zip("AB", self.form.exponents, columns, strict=False)
        ]
        y: np.ndarray = self.params.get("E", 0.0) + np.sum(terms, axis=0)
        return y


def fit_law(form: Form, x: np.ndarray, y: np.ndarray, settings: FitSettings | None = None) -> Law:
    """Fit a law by the least sum of Huber losses on ln y, as Hoffmann et al. 2022 (appendix D.3) do.

    Intervals are percentiles of refits to resampled points. The status is the first of these that holds:

    1. too few points: fewer than `form.min_points`, or an x has fewer than `form.min_values` different values;
    2. not converged: the steps were used up before the objective stood still;
    3. no law here: the interval of an exponent contains zero or lies below it;
    4. bound hit: a parameter sits at its bound, for instance E at a thousandth of the smallest y;
    5. no better than a line: the interval of E reaches its bound, or the held-out points are predicted no better than
       by a power law without offset that was fitted to the same rest;
    6. converged.

    Args:
        x: n, or n x 2 for the chinchilla form: N (size), then D (data).
        y: n, error or loss. Rows with a NaN in x or y are left out and counted.

    Raises:
        AnalysisError: a value is not above 0 or not finite, or more points are to be dropped than there are.
    """
    settings = settings or FitSettings()
    x = np.asarray(x, dtype=float).reshape(len(y), form.inputs)
    y = np.asarray(y, dtype=float)
    known = ~(np.isnan(y) | np.isnan(x).any(axis=1))
    left_out = int((~known).sum())
    x, y = x[known], y[known]
    _check(x, y, settings)
    kept = np.sort(np.argsort(y, kind="stable")[: len(y) - settings.drop_worst])
    x, y = x[kept], y[kept]
    dropped = Dropped(settings.drop_worst, "the largest y" if settings.drop_worst else "none")
    if scarcity := _scarcity(form, x):
        return Law(form, len(y), float("nan"), {}, {}, Status.TOO_FEW_POINTS, scarcity, None, dropped, left_out, None)
    return _fit(form, x, y, settings, dropped, left_out)


def _check(x: np.ndarray, y: np.ndarray, settings: FitSettings) -> None:
    for name, values in (("x", x), ("y", y)):
        bad = values[~((values > 0) & np.isfinite(values))]
        if len(bad):
            raise AnalysisError(
                f"a law is fitted to logarithms, so that every {name} must be a finite number above 0, but got "
                f"{bad[0]:g}; leave that point out"
            )
    if settings.drop_worst and settings.drop_worst >= len(y):
        raise AnalysisError(f"{settings.drop_worst} points were to be dropped, but there are {len(y)}; drop fewer")


def _scarcity(form: Form, x: np.ndarray) -> str:
    if len(x) < form.min_points:
        return f"a {form} law needs at least {form.min_points} points, but there are {len(x)}"
    values = min(len(np.unique(column)) for column in x.T)
    if values < form.min_values:
        return f"a {form} law needs at least {form.min_values} different values of each x, but one has {values}"
    return ""


def _fit(form: Form, x: np.ndarray, y: np.ndarray, settings: FitSettings, dropped: Dropped, left_out: int) -> Law:
    loss = Loss(settings.huber_delta)
    fit = fit_curve(x, y, loss, offset=form.has_offset)
    drawn = bootstrap(form, fit, x, settings)
    draws = dict(zip(form.parameters, drawn.T, strict=True))
    params = dict(zip(form.parameters, fit.unscaled.tolist(), strict=True))
    ci95 = {name: percentile_interval(values) for name, values in draws.items()}
    holdout = hold_out(form, x, y, loss, settings.hold_out_over)
    status, reason = _judge(form, fit, ci95, holdout)
    saturated = status is Status.CONVERGED and form is Form.POWER_OFFSET
    return Law(
        form=form,
        n=len(y),
        objective=fit.objective,
        params=params,
        ci95=ci95,
        status=status,
        reason=reason,
        holdout=holdout,
        dropped=dropped,
        left_out=left_out,
        saturation=saturation(params, draws, float(x.max())) if saturated else None,
        band=_band(form, x[:, 0], params, drawn),
    )


def _band(form: Form, x: np.ndarray, params: Mapping[str, float], drawn: np.ndarray) -> Band | None:
    if form.inputs > 1 or np.isnan(drawn).any(axis=1).all():
        return None
    with_offset = drawn if form.has_offset else np.column_stack([np.zeros(len(drawn)), drawn])
    return power_band(x, params["A"], params["alpha"], with_offset, offset=params.get("E", 0.0))


def bootstrap(form: Form, fit: Fit, x: np.ndarray, settings: FitSettings) -> np.ndarray:
    """Parameters refitted to resampled points: draws x P; NaN where a resample is too poor to hold the form."""
    drawn = list(resamples(len(x), settings.draws, settings.seed))
    refitted = fit.refit(np.array([np.bincount(rows, minlength=len(x)) for rows in drawn], dtype=float))
    refitted[[not enough(form, x[rows]) for rows in drawn]] = np.nan
    return refitted


def _judge(form: Form, fit: Fit, ci95: Mapping[str, Interval], holdout: HeldOut | None) -> tuple[Status, str]:
    """The first verdict that holds, in the order of `fit_law`."""
    if not fit.converged:
        return Status.NOT_CONVERGED, "the fit did not settle: its numbers are not an optimum"
    for name in form.exponents:
        low, high = ci95[name]
        if not low > 0:
            grows = ": y grows with x; of a score, take the error" if high < 0 else ""
            return Status.NO_LAW, f"the interval of {name}, {low:.3g} to {high:.3g}, does not lie above zero{grows}"
    stopped = [name for name, at_bound in zip(form.parameters, fit.at_bound, strict=True) if at_bound]
    if stopped:
        vanishes = "; without an offset this is a power law" if stopped == ["E"] and form is Form.POWER_OFFSET else ""
        return Status.BOUND_HIT, f"{' and '.join(stopped)} sits at its bound and is not determined{vanishes}"
    if form.has_offset and ci95["E"][0] <= fit.least_offset * (1 + 1e-6):
        return Status.NO_BETTER_THAN_LINE, "the interval of E reaches zero: the points do not show an offset"
    if form.has_offset and holdout is not None and not holdout.beaten:
        return (
            Status.NO_BETTER_THAN_LINE,
            f"held-out points are off by {holdout.error:.3g}, and by {holdout.baseline_error:.3g} with a power law "
            "without offset",
        )
    unchecked = "; no points could be held out" if holdout is None else doubt(holdout)
    return Status.CONVERGED, f"{_told(form)} above zero{unchecked}"


def _told(form: Form) -> str:
    names = [*form.exponents, *(["E"] if form.has_offset else [])]
    return (
        f"the intervals of {', '.join(names[:-1])} and {names[-1]} lie"
        if len(names) > 1
        else (f"the interval of {names[0]} lies")
    )
