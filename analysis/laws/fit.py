"""One curve through points: from x and y to standardised logarithms, the best of many starts, and refits around it."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.laws.curve import Curve, line, offset_sum
from analysis.laws.loss import Loss
from analysis.laws.newton import Minima, Problem, minimise

_NO_OFFSET = np.log(1e-3)  # an offset of a thousandth of the smallest y is none
_STEEPEST = 10.0  # exponents, per spread of ln x
_LEAST = -30.0  # an amplitude, relative to the smallest y, whose term is felt at one point at most
_MOST = 5.0  # and relative to the largest y
_OFFSETS = np.log([0.05, 0.3, 0.7, 0.95])  # where fits start; offsets relative to the smallest y
_SPLITS = (0.2, 0.5, 0.8)  # of what lies above the offset, between two amplitudes
_EXPONENTS = (-1.0, 0.1, 0.5, 1.5, 4.0)
_KEPT_STARTS = 20
_STEPS = 2000
_AT_BOUND = 1e-6
_LARGEST = 700.0  # of which the exponential is a finite number


@dataclass(frozen=True)
class Scale:
    """How x and y are standardised: v = (ln x - centre) / spread, z = ln y - middle.

    Attributes:
        centre, spread: K.
        middle: the median of ln y.
    """

    centre: np.ndarray
    spread: np.ndarray
    middle: float

    @classmethod
    def of(cls, x: np.ndarray, y: np.ndarray) -> "Scale":
        logs = np.log(x)
        spread = logs.std(axis=0)
        return cls(logs.mean(axis=0), np.where(spread > 0, spread, 1.0), float(np.median(np.log(y))))

    def v(self, x: np.ndarray) -> np.ndarray:
        scaled: np.ndarray = (np.log(x) - self.centre) / self.spread
        return scaled

    def unscaled(self, parameters: np.ndarray, *, offset: bool) -> np.ndarray:
        """Offset and amplitudes as they are, and exponents of x itself: R x P from R x P.

        A line's amplitude belongs to all of its x together.
        """
        inputs = len(self.spread)
        levels, exponents = parameters[:, :-inputs].copy(), parameters[:, -inputs:] / self.spread
        shifts = exponents * self.centre
        levels[:, int(offset) :] += shifts if offset else shifts.sum(axis=1, keepdims=True)
        return np.hstack([np.exp(np.minimum(levels + self.middle, _LARGEST)), exponents])


@dataclass(frozen=True)
class Fit:
    """The best curve through n points.

    Attributes:
        offset: whether the curve is a sum with an offset, or a line in logarithms.
        parameters: P, standardised.
        objective: the sum of the loss.
    """

    problem: Problem
    scale: Scale
    offset: bool
    loss: Loss
    parameters: np.ndarray
    objective: float
    converged: bool

    @property
    def unscaled(self) -> np.ndarray:
        """P: offset, amplitudes, exponents, in the units of x and y."""
        values: np.ndarray = self.scale.unscaled(self.parameters[None], offset=self.offset)[0]
        return values

    @property
    def at_bound(self) -> np.ndarray:
        """P: which parameters are stopped by their bounds."""
        bounds = np.array([self.problem.lowest, self.problem.highest])
        return (np.abs(self.parameters - bounds) < _AT_BOUND).any(axis=0)

    @property
    def least_offset(self) -> float:
        """The lower bound of the offset, in the units of y."""
        return float(np.exp(self.problem.lowest[0] + self.scale.middle))

    def log_predictions(self, x: np.ndarray) -> np.ndarray:
        """ln y at `x`, n x K."""
        curve = _curve(self.scale.v(x), offset=self.offset)
        return curve.slopes(self.parameters[None]).values[0] + self.scale.middle

    def refit(self, weights: np.ndarray) -> np.ndarray:
        """Parameters in the units of x and y, fitted anew to each row of `weights` from where this fit is: R x P.

        The few that have not settled when their steps are used up are kept where they are: they lie in flat valleys,
        and without them intervals would come out too narrow.
        """
        start = np.tile(self.parameters, (len(weights), 1))
        minima = minimise(self.problem, self.loss, start, weights, self._stir())
        return self.scale.unscaled(minima.parameters, offset=self.offset)

    def _stir(self) -> float:
        """How far a resample may move the curve: a few standard errors."""
        residuals = self.problem.curve.slopes(self.parameters[None]).values[0] - self.problem.z
        return float(np.median(np.abs(residuals)) * min(1, 3 / np.sqrt(len(residuals))))


def fit_curve(x: np.ndarray, y: np.ndarray, loss: Loss, *, offset: bool) -> Fit:
    """The least sum of losses that any of a grid of starts leads to.

    All starts are followed under a loss so wide that it is least squares, the best of them on to `loss`.

    Args:
        x: n x K, above 0.
        y: n, above 0.
        offset: fit exp(e) + a power law in each x, else one power law in all x together.
    """
    scale = Scale.of(x, y)
    z = np.log(y) - scale.middle
    v = scale.v(x)
    lowest, highest = _bounds(z, v.shape[1]) if offset else (np.full(1 + v.shape[1], s) for s in (-np.inf, np.inf))
    problem = Problem(_curve(v, offset=offset), z, lowest, highest)
    once = np.ones((1, len(z)))
    start = _starts(z, v.shape[1]) if offset else np.zeros((1, 1 + v.shape[1]))
    widest = max(float(np.ptp(z)), loss.delta)
    rough = minimise(problem, loss.widened(widest), start, once, widest)
    minima = minimise(problem, loss, _best(rough), once, widest, _STEPS)
    best = int(np.argmin(minima.objectives))
    return Fit(
        problem,
        scale,
        offset,
        loss,
        minima.parameters[best],
        float(minima.objectives[best]),
        bool(minima.converged[best]),
    )


def _curve(v: np.ndarray, *, offset: bool) -> Curve:
    return offset_sum(v) if offset else line(v)


def _bounds(z: np.ndarray, inputs: int) -> tuple[np.ndarray, np.ndarray]:
    """Of offset, amplitudes, exponents."""
    lowest = [z.min() + _NO_OFFSET, *[z.min() + _LEAST] * inputs, *[-_STEEPEST] * inputs]
    highest = [z.max(), *[z.max() + _MOST] * inputs, *[_STEEPEST] * inputs]
    return np.array(lowest), np.array(highest)


def _starts(z: np.ndarray, inputs: int) -> np.ndarray:
    """Offsets below the smallest y, amplitudes that make up the rest in the middle, exponents of every size."""
    offsets = z.min() + _OFFSETS
    splits = np.log([(share, 1 - share) for share in _SPLITS]) if inputs == 2 else np.zeros((1, 1))
    return np.array(
        [
            [offset, *(np.log1p(-np.exp(offset)) + split), *exponents]
            for offset, split, exponents in product(offsets, splits, product(_EXPONENTS, repeat=inputs))
        ]
    )


def _best(minima: Minima) -> np.ndarray:
    """The parameters of the lowest minima, each place once."""
    order = np.argsort(minima.objectives)
    places = np.round(minima.parameters[order], 6)
    _, first = np.unique(places, axis=0, return_index=True)
    kept: np.ndarray = minima.parameters[order[np.sort(first)[:_KEPT_STARTS]]]
    return kept
