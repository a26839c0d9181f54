"""The score as an error: what a law lets fall, and what a distribution function is of."""

from dataclasses import dataclass

import numpy as np

from analysis.trials import Direction, Trials


@dataclass(frozen=True)
class ErrorRate:
    """The error of each trial.

    Attributes:
        values: one per trial; smaller is better.
        name: how it follows from the score.
    """

    values: np.ndarray
    name: str


def error_rate(complete: Trials) -> ErrorRate | None:
    """The distance of the score from perfection: the score itself where it is minimised, else 1 or 100 less it.

    A score beyond 1 and up to 100 is taken for a percentage, as the name of the error says. None where a score that is
    maximised lies outside of 0 to 100, so that nobody knows what perfect is.
    """
    objective = complete.score
    values = complete.values[objective.name].to_numpy(dtype=float)
    if objective.direction is Direction.MINIMIZE:
        return ErrorRate(values, objective.name)
    if not len(values) or (values.min() >= 0 and values.max() <= 1):
        return ErrorRate(1 - values, f"1 - {objective.name}")
    if values.min() >= 0 and values.max() <= 100:
        return ErrorRate(100 - values, f"100 - {objective.name}")
    return None
