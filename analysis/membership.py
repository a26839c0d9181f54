"""How sure it is that a trial belongs to the Pareto front, given how sure its score is."""

from collections.abc import Sequence

import numpy as np

from analysis.pareto import as_costs, pareto_mask
from analysis.trials import Direction

_DRAWS = 400
_FAR = 4.0  # standard deviations beyond which a score is not expected
_WIDTH_OF_95 = 3.92  # standard deviations of a normal distribution between the ends of its 95 % interval


def front_probability(
    values: np.ndarray, directions: Sequence[Direction], spread: np.ndarray, *, seed: int = 0
) -> np.ndarray:
    """The probability of each row to be on the front when its first objective is drawn anew.

    Scores are drawn from normal distributions around the observed ones, independently. Trials scored on the same
    records err in the same direction, so that the truth tells them apart better; but the best observed one was lucky,
    too, so that its own probability is too high where scores are noisy (0.30 for 0.13 at as much noise as signal).

    Args:
        values: n x m; the first column is uncertain, the others are exact.
        spread: n standard deviations of the first column, as `spread_of` makes them; NaN counts as 0.

    Returns:
        n probabilities; 0 for a row with a NaN or an infinity.
    """
    costs = as_costs(values, directions)
    noise = np.nan_to_num(spread)
    near = np.flatnonzero(_may_be_members(costs, noise))
    rng = np.random.default_rng(seed)
    minimise = [Direction.MINIMIZE] * costs.shape[1]
    counts = np.zeros(len(near))
    for _ in range(_DRAWS):
        drawn = costs[near]
        drawn[:, 0] += noise[near] * rng.standard_normal(len(near))
        counts += pareto_mask(drawn, minimise)
    probability = np.zeros(len(costs))
    probability[near] = counts / _DRAWS
    return probability


def spread_of(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """The standard deviation of a normal distribution with these ends of its 95 % interval."""
    spread: np.ndarray = np.maximum(0.0, (np.asarray(high, dtype=float) - np.asarray(low, dtype=float)) / _WIDTH_OF_95)
    return spread


def _may_be_members(costs: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Rows that no other dominates even if they are as lucky, and the others as unlucky, as is to be expected."""
    lucky, unlucky = costs.copy(), costs.copy()
    lucky[:, 0] -= _FAR * noise
    unlucky[:, 0] += _FAR * noise
    minimise = [Direction.MINIMIZE] * costs.shape[1]
    may = np.isfinite(costs).all(axis=1)
    for member in unlucky[pareto_mask(unlucky, minimise)]:
        may &= ~((member <= lucky).all(axis=1) & (member < lucky).any(axis=1))
    return may
