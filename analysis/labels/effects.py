"""How much one number of an architecture changes a score, the others and the family held fixed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.bootstrap import Interval
from analysis.labels.factors import FLOPS, Factors
from analysis.labels.regression import MIN_DEGREES, MIN_DIFFERENT, Regression, fit
from analysis.labels.scores import same_rows
from analysis.status import Status


@dataclass(frozen=True)
class Effect:
    """The change of balanced accuracy that goes with one factor.

    Attributes:
        factor: "depth", "width", "kernel", "stages", "pooling=CHOICE" or "receptive_field".
        unit: "per doubling" or "against average".
        effect, ci95: None unless `status` is ANSWERED; the interval is of this effect alone: of twenty effects that do
            not exist, one is expected beside its interval.
        n: trials that say something about it: of families in which it varies.
        why: what is in the way.
    """

    factor: str
    unit: str
    status: Status
    why: str | None
    n: int
    effect: float | None = None
    ci95: Interval | None = None


def effects(models: Iterable[Factors], scores: np.ndarray) -> list[tuple[Effect, ...]]:
    """For each score, the effects of the factors of every model, each model fitted by itself.

    Args:
        models: the factors of each regression; FLOPs are adjusted for, not reported.
        scores: n x L; NaN where a trial has no score.
    """
    found: list[list[Effect]] = [[] for _ in range(scores.shape[1])]
    for factors in models:
        for rows, columns in same_rows(scores):
            regression = fit(factors.columns[rows], factors.family[rows], scores[np.ix_(rows, columns)])
            for place, column in enumerate(columns):
                found[column] += _of_one(factors, regression, place)
    return [tuple(row) for row in found]


def _of_one(factors: Factors, regression: Regression, score: int) -> list[Effect]:
    rows = []
    for column, (name, unit) in enumerate(zip(factors.names, factors.units, strict=True)):
        if name == FLOPS:
            continue
        status, n = regression.status[column], regression.n[column]
        if status is Status.ANSWERED:
            estimate = regression.estimate(column, score)
            rows.append(Effect(name, unit.value, status, None, n, estimate.value, estimate.ci95))
        else:
            rows.append(Effect(name, unit.value, status, _why(factors.names, regression, column), n))
    return rows


def _why(names: Sequence[str], regression: Regression, column: int) -> str:
    name = names[column]
    match regression.status[column]:
        case Status.CONSTANT:
            return f"no family was tried with more than one value of {name}"
        case Status.COLLINEAR:
            return (
                f"{name} varies only together with {', '.join(names[other] for other in regression.together[column])}"
            )
    if regression.degrees < MIN_DEGREES:
        missing = MIN_DEGREES - max(0, regression.degrees)
        return f"too few scored trials for the numbers that differ among them: at least {missing} more are needed"
    return f"fewer than {MIN_DIFFERENT} trials differ in {name} from the others"
