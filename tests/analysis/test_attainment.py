import numpy as np
import pytest

from analysis.attainment import attainment
from analysis.trials import Direction

UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE


def test_the_median_surface_is_what_half_of_the_runs_reach():
    values = np.array([[0.9, 10.0], [0.8, 10.0], [0.7, 10.0], [0.6, 10.0]])
    found = attainment(values, [UP, DOWN], ["a", "b", "c", "d"], (0.5, 20.0))
    assert {surface.percent: surface.points for surface in found.surfaces} == {
        25: ((0.9, 10.0),),
        50: ((0.8, 10.0),),
        75: ((0.7, 10.0),),
    }
    assert found.hypervolumes == pytest.approx([4, 3, 2, 1])


def test_dominated_rows_of_a_run_change_nothing():
    front = np.array([[0.9, 10.0], [0.8, 5.0], [0.7, 10.0], [0.6, 20.0]])
    more = np.vstack([front, [[0.5, 50.0], [np.nan, 1.0]]])
    runs = ["a", "a", "b", "c"]
    assert attainment(more, [UP, DOWN], [*runs, "a", "b"], (0.5, 99.0)) == attainment(
        front, [UP, DOWN], runs, (0.5, 99.0)
    )


def test_two_runs_say_nothing_of_what_is_typical():
    assert attainment(np.ones((2, 2)), [UP, DOWN], ["a", "b"], (0, 2)) is None
