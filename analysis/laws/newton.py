"""Newton's method for many robust fits of one curve at once, each to its own weights of the points.

With a small delta, Huber's loss is all but the sum of absolute residuals: it bends only at the few points on the curve,
and line searches along the gradient stall in its creases. So the loss starts wide, where it bends everywhere, and is
narrowed in steps; each step begins where the last one ended and knows which points lie on the curve.
"""

from dataclasses import dataclass

import numpy as np

from analysis.laws.curve import Curve
from analysis.laws.loss import Loss

_NARROWING = 2.0
_STEPS_PER_WIDTH = 8
_PRECISION = 1e-13  # of the objective
_FLATTEST = 1e-12  # of the largest curvature
_DAMPING, _RELIEF, _REBUKE = 1.0, 0.1, 8.0  # damping of the first step, after a step down, and after one that was not
_CHUNK = 20_000  # points at a time, so that they stay in the processor's cache


@dataclass(frozen=True)
class Problem:
    """One curve through n points.

    Attributes:
        z: n, what the curve's values should be.
        lowest, highest: P, bounds of the parameters.
    """

    curve: Curve
    z: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray


@dataclass(frozen=True)
class Minima:
    """Where R fits ended.

    Attributes:
        parameters: R x P.
        objectives: R, weighted sums of the loss.
        converged: R; False where the steps ran out before the objective stood still.
    """

    parameters: np.ndarray
    objectives: np.ndarray
    converged: np.ndarray


def minimise(
    problem: Problem, loss: Loss, start: np.ndarray, weights: np.ndarray, widest: float, steps: int = 200
) -> Minima:
    """Minimise the weighted sum of losses from each of R starts.

    Args:
        start: R x P.
        weights: R x n, or 1 x n for the same in all.
        widest: the delta to begin with.
        steps: at most so many once the loss is as narrow as it is to be; in noise there are long, curved valleys.
    """
    chunk = max(1, _CHUNK // len(problem.z))
    parts = [slice(first, first + chunk) for first in range(0, len(start), chunk)]
    shared = len(weights) == 1
    ends = [_narrow(problem, loss, start[part], weights if shared else weights[part], widest, steps) for part in parts]
    return Minima(*(np.concatenate([getattr(end, name) for end in ends]) for name in Minima.__dataclass_fields__))


def _narrow(problem: Problem, loss: Loss, start: np.ndarray, weights: np.ndarray, widest: float, steps: int) -> Minima:
    delta = widest
    while delta > loss.delta:
        start = _descend(problem, loss.widened(delta), start, weights, _STEPS_PER_WIDTH).parameters
        delta /= _NARROWING
    return _descend(problem, loss, start, weights, steps)


@dataclass
class _Descent:
    """R fits on their way down: where each is, what that costs, and how the loss lies around it.

    Attributes:
        slope: R x P, the gradient, 0 for a parameter that its bound holds back, in the axes of `axes`.
        curvatures: R x P, along each of the axes; made positive, so that a step leaves a saddle downwards.
        axes: R x P x P, in columns.
    """

    parameters: np.ndarray
    objectives: np.ndarray
    slope: np.ndarray
    curvatures: np.ndarray
    axes: np.ndarray

    def take(self, rows: np.ndarray, other: "_Descent", wanted: np.ndarray) -> None:
        """Replace `rows[wanted]` by what `other` has for them."""
        for name in _Descent.__dataclass_fields__:
            getattr(self, name)[rows[wanted]] = getattr(other, name)[wanted]


def _descend(problem: Problem, loss: Loss, start: np.ndarray, weights: np.ndarray, steps: int) -> Minima:
    """Damped Newton steps until no fit gains anything, or the steps are used up."""
    weights = np.broadcast_to(weights, (len(start), len(problem.z)))
    at = _survey(problem, loss, np.clip(start, problem.lowest, problem.highest), weights)
    damping = np.full(len(start), _DAMPING)
    moving = np.arange(len(start))
    for _ in range(steps):
        steepness = at.curvatures[moving] + damping[moving, None]
        gain = (at.slope[moving] ** 2 / steepness).sum(axis=1) / 2
        still = gain <= _PRECISION * at.objectives[moving]
        moving, steepness = moving[~still], steepness[~still]
        if not len(moving):
            break
        step = np.einsum("rpq,rq->rp", at.axes[moving], at.slope[moving] / steepness)
        there = _survey(
            problem,
            loss,
            np.clip(at.parameters[moving] - step, problem.lowest, problem.highest),
            weights[moving],
        )
        lower = there.objectives < at.objectives[moving]
        at.take(moving, there, lower)
        damping[moving] *= np.where(lower, _RELIEF, _REBUKE)
    converged = np.ones(len(start), dtype=bool)
    converged[moving] = False
    return Minima(at.parameters, at.objectives, converged)


def _survey(problem: Problem, loss: Loss, parameters: np.ndarray, weights: np.ndarray) -> _Descent:
    slopes = problem.curve.slopes(parameters)
    residuals = slopes.values - problem.z
    pull = weights * loss.pull(residuals)
    gradient = problem.curve.gradient(slopes, pull)
    hessian = problem.curve.hessian(slopes, pull, weights * loss.stiffness(residuals))
    held = ((parameters <= problem.lowest) & (gradient > 0)) | ((parameters >= problem.highest) & (gradient < 0))
    gradient[held] = 0
    hessian[held[:, :, None] | held[:, None, :]] = 0
    curvatures, axes = np.linalg.eigh(hessian)
    curvatures = np.abs(curvatures)
    floor = np.maximum(_FLATTEST * curvatures.max(axis=1, keepdims=True), np.finfo(float).tiny)
    return _Descent(
        parameters,
        (weights * loss.values(residuals)).sum(axis=1),
        np.einsum("rpq,rp->rq", axes, gradient),
        np.maximum(curvatures, floor),
        axes,
    )
