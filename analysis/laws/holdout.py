"""Whether a law predicts what it has not seen: the points of the largest compute, from the others."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.laws.fit import fit_curve
from analysis.laws.form import Form
from analysis.laws.loss import Loss

SHARE = 1 / 3


class Baseline(StrEnum):
    """What a law must beat."""

    LINE = "power law without offset"  # in each x: a line, or a plane, in logarithms
    BEST_SO_FAR = "no better than the best so far"


@dataclass(frozen=True)
class HeldOut:
    """The largest-compute points, predicted from the others.

    Attributes:
        x_over: points whose compute is above this were held out; compute is x, or N * D.
        n: how many they were.
        error, baseline_error: mean |ln predicted - ln observed| of the law, and of `baseline`.
    """

    x_over: float
    n: int
    error: float
    baseline_error: float
    baseline: Baseline

    @property
    def beaten(self) -> bool:
        """Whether the baseline is."""
        return self.error < self.baseline_error


def doubt(holdout: HeldOut | None) -> str:
    """What held-out points say against a fit that converged, as the end of a sentence."""
    if holdout is None or holdout.beaten:
        return ""
    return (
        f"; but it is off by {holdout.error:.3g} of the held-out points, the baseline ({holdout.baseline}) by "
        f"{holdout.baseline_error:.3g}"
    )


def hold_out(form: Form, x: np.ndarray, y: np.ndarray, loss: Loss, over: float | None = None) -> HeldOut | None:
    """Fit the points of smaller compute and predict those above `over`, or the largest third.

    None where nothing is above it or what remains is too little for a fit.

    Args:
        x: n x K.
    """
    compute = x.prod(axis=1)
    over = _third(compute) if over is None else over
    held = compute > over
    if not held.any() or not enough(form, x[~held]):
        return None
    observed = np.log(y[held])
    law = fit_curve(x[~held], y[~held], loss, offset=form.has_offset).log_predictions(x[held])
    if form.has_offset:
        baseline, simple = Baseline.LINE, fit_curve(x[~held], y[~held], loss, offset=False).log_predictions(x[held])
    else:
        baseline, simple = Baseline.BEST_SO_FAR, np.full(len(observed), np.log(y[~held].min()))
    return HeldOut(over, int(held.sum()), _error(law, observed), _error(simple, observed), baseline)


def enough(form: Form, x: np.ndarray) -> bool:
    """Whether points can hold the form: more of them than parameters, and of each x as many values as it bends."""
    bends = 3 if form.has_offset else 2
    return len(x) > len(form.parameters) and all(len(np.unique(column)) >= bends for column in x.T)


def _third(compute: np.ndarray) -> float:
    """The compute above which about a third of the points lie, though all of the largest may be one value."""
    ordered = np.sort(compute)
    over = ordered[len(ordered) - max(1, int(len(ordered) * SHARE)) - 1]
    below = ordered[ordered < ordered[-1]]
    return float(min(over, below[-1])) if len(below) else float(over)


def _error(predicted: np.ndarray, observed: np.ndarray) -> float:
    return float(np.abs(predicted - observed).mean())
