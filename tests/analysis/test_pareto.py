import json

import numpy as np
import pandas as pd
import pytest

from analysis.pareto import default_reference, hypervolume, pareto_mask, shortfall
from analysis.trials import Direction

UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE


def test_published_front_and_hypervolume(shared):
    published = json.loads((shared / "reference/pareto/published.json").read_text())["imagenet_models.csv"]
    table = pd.read_csv(shared / "reference/pareto/imagenet_models.csv")
    names = list(published["objectives"])
    values = table[names].to_numpy(float)
    directions = [Direction(published["objectives"][name]) for name in names]
    reference = tuple(float(published["hypervolume"]["reference"][name]) for name in names)
    assert len(values) == published["rows"]
    assert pareto_mask(values, directions).sum() == published["front_size"]
    assert hypervolume(values, directions, reference).value == pytest.approx(
        published["hypervolume"]["value"], abs=1e-4
    )


def test_a_front_by_hand():
    values = np.array([[0.9, 100], [0.8, 10], [0.8, 20], [0.7, 5], [0.6, 50]])
    assert pareto_mask(values, [UP, DOWN]).tolist() == [True, True, False, True, False]


def test_equal_rows_are_all_members_and_nan_never_is():
    values = np.array([[0.9, 10.0], [0.9, 10.0], [np.nan, 1.0], [0.8, np.nan]])
    assert pareto_mask(values, [UP, DOWN]).tolist() == [True, True, False, False]


def test_infinite_values_are_as_unknown_as_missing_ones():
    values = np.array([[np.inf, 1.0], [0.9, -np.inf], [0.5, 10.0]])
    assert pareto_mask(values, [UP, DOWN]).tolist() == [False, False, True]
    assert hypervolume(values, [UP, DOWN], (0.0, 20.0)).value == pytest.approx(5)


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_the_front_of_any_number_of_objectives_is_that_of_its_definition(m):
    rng = np.random.default_rng(m)
    values = rng.integers(0, 4, size=(60, m)).astype(float)  # with many ties
    directions = [UP, DOWN, UP, DOWN][:m]
    costs = values * [-1 if d is UP else 1 for d in directions]
    dominated = [((costs <= row).all(1) & (costs < row).any(1)).any() for row in costs]
    assert pareto_mask(values, directions).tolist() == [not lost for lost in dominated]


def test_a_volume_of_three_objectives_by_hand():
    """Two boxes of 2 x 1 x 1 and 1 x 2 x 1 that share 1 x 1 x 1."""
    values = np.array([[1.0, 2.0, 2.0], [2.0, 1.0, 2.0]])
    assert hypervolume(values, [DOWN] * 3, (3.0, 3.0, 3.0)).value == pytest.approx(3)


def test_the_shortfall_is_the_score_lost_to_the_best_that_costs_no_more():
    values = np.array([[0.9, 100], [0.8, 10], [0.8, 20], [0.7, 5], [0.6, 50], [0.6, 200], [np.nan, 1]])
    assert shortfall(values, [UP, DOWN])[:-1] == pytest.approx([0, 0, 0, 0, 0.2, 0.3])
    assert np.isnan(shortfall(values, [UP, DOWN])[-1])


def test_no_rows_have_no_front():
    assert pareto_mask(np.empty((0, 2)), [UP, DOWN]).shape == (0,)


def test_an_area_by_hand():
    """Two steps: (1 - .5) x (3 - 2) beyond x = 10 and (.8 - .5) x (2 - 1) before it, on a log10 axis up to 1000."""
    values = np.array([[0.8, 10.0], [1.0, 100.0], [0.4, 1.0]])
    area = hypervolume(values, [UP, DOWN], (0.5, 1000.0), log_axes=(False, True))
    assert area.value == pytest.approx(0.5 * 1 + 0.3 * 1)


def test_dominated_points_and_points_beyond_the_reference_add_nothing():
    front = np.array([[0.8, 10.0], [1.0, 100.0]])
    more = np.vstack([front, [[0.7, 50.0], [0.3, 1.0], [1.0, 2000.0], [np.nan, 5.0]]])
    for log in ((False, False), (False, True)):
        with_more = hypervolume(more, [UP, DOWN], (0.5, 1000.0), log_axes=log)
        assert with_more == hypervolume(front, [UP, DOWN], (0.5, 1000.0), log_axes=log)


def test_the_default_reference_is_the_median_score_at_the_largest_cost():
    assert default_reference(np.array([[0.5, 10.0], [0.7, 30.0], [0.6, 20.0]]), [UP, DOWN]) == (0.6, 30.0)
