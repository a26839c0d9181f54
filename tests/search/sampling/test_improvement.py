import numpy as np
import pytest

from analysis.pareto import hypervolume
from analysis.trials import Direction
from search.sampling.improvement import expected_improvement

DIRECTIONS = (Direction.MAXIMIZE, Direction.MINIMIZE)
FRONT = np.array([[0.7, 6.0], [0.8, 7.0], [0.6, 7.5], [0.85, 7.8]])
FLOOR, CEILING = 0.5, 8.0


def area(points):
    return hypervolume(points, DIRECTIONS, (FLOOR, CEILING)).value


@pytest.mark.parametrize("cost", [5.5, 6.0, 6.5, 7.2, 7.9, 8.5])
@pytest.mark.parametrize("score", [0.4, 0.65, 0.75, 0.9])
def test_a_certain_score_improves_by_the_area_that_it_adds(score, cost):
    expected = area(np.vstack([FRONT, [score, cost]])) - area(FRONT)
    got = expected_improvement(np.array([score]), np.array([1e-9]), np.array([cost]), FRONT, FLOOR, CEILING)
    assert got[0] == pytest.approx(expected, abs=1e-8)


def test_an_uncertain_score_improves_by_the_mean_over_its_draws():
    rng = np.random.default_rng(0)
    draws = rng.normal(0.75, 0.1, 20_000)
    mean = np.mean([area(np.vstack([FRONT, [score, 6.5]])) - area(FRONT) for score in draws])
    got = expected_improvement(np.array([0.75]), np.array([0.1]), np.array([6.5]), FRONT, FLOOR, CEILING)
    assert got[0] == pytest.approx(mean, rel=0.02)


def test_what_costs_as_much_as_the_reference_improves_nothing():
    got = expected_improvement(np.array([0.99]), np.array([0.1]), np.array([CEILING]), FRONT, FLOOR, CEILING)
    assert got[0] == 0
