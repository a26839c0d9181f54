"""Expected improvement of the hypervolume where the cost is known exactly."""

import numpy as np
from scipy.stats import norm


def expected_improvement(
    mean: np.ndarray, deviation: np.ndarray, log_cost: np.ndarray, front: np.ndarray, floor: float, ceiling: float
) -> np.ndarray:
    """How much the area under the front is expected to grow by each of n candidates.

    The front is a staircase: the best score among all that cost no more. A candidate of cost c and score s raises it to
    s wherever it costs at least c and the front is below s; so that the expectation over a normal s is a sum over the
    stairs, each the expected improvement over its height (Jones et al. 1998) times the width that lies beyond c.
    Hypervolume improvement with an exact second objective needs no more (Emmerich et al. 2011 for two uncertain ones).

    Args:
        mean, deviation: what a surrogate says of the score, n.
        log_cost: n.
        front: (score, log cost) of what has been tried, m x 2; not only its members.
        floor: the score of the reference point.
        ceiling: the log cost of the reference point.
    """
    heights, starts = _stairs(front, floor, ceiling)
    ends = np.append(starts[1:], ceiling)
    widths = np.clip(ends - np.maximum(starts, log_cost[:, None]), 0, None)
    distance = (mean[:, None] - heights) / deviation[:, None]
    expected = deviation[:, None] * (distance * norm.cdf(distance) + norm.pdf(distance))
    return (widths * expected).sum(axis=1)


def _stairs(front: np.ndarray, floor: float, ceiling: float) -> tuple[np.ndarray, np.ndarray]:
    """Heights and where they start, from the cheapest on."""
    heights, starts = [floor], [-np.inf]
    for score, cost in front[np.lexsort((-front[:, 0], front[:, 1]))]:
        if score > heights[-1] and cost < ceiling:
            heights.append(score)
            starts.append(cost)
    return np.array(heights), np.array(starts)
