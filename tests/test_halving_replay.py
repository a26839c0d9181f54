"""The replay that early stopping is judged by."""

import bench_halving
import pytest

from storage.curves import Curve


def curve(number, early, final):
    return Curve(
        number, 100.0 + number, {epoch: early if epoch < 9 else final for epoch in range(1, 10)}, complete=True
    )


def replayed(curves, **more):
    return bench_halving.replay(curves, 0, **{"trials": None, "workers": 2, "probes": 0.0} | more)


def test_trials_far_below_the_front_cost_their_first_epochs_alone():
    good = [curve(number, 0.5 + number / 1000, 0.7 + number / 1000) for number in range(20)]
    poor = [curve(number, 0.1, 0.2) for number in range(20, 60)]
    found = replayed(good + poor)
    assert (found.hypervolume, found.front_stopped) == (pytest.approx(1), 0)
    assert found.flops < 0.7
    assert replayed(good + poor, probes=1.0) == bench_halving.Replay(1.0, 1.0, 0, 0)


def test_too_few_trials_to_judge_are_all_trained_to_their_end():
    assert replayed([curve(number, number / 10, number / 10) for number in range(9)]).flops == 1


def test_a_table_is_read_with_the_costs_of_its_rows(tmp_path):
    (tmp_path / "nets.csv").write_text("width,flops\n4,100\n8,200\n")
    (tmp_path / "nets_curves.csv").write_text("epoch_1,epoch_2\n0.5,0.6\n0.7,0.8\n")
    assert bench_halving.read_table(tmp_path / "nets_curves.csv") == [
        Curve(0, 100.0, {1: 0.5, 2: 0.6}, complete=True),
        Curve(1, 200.0, {1: 0.7, 2: 0.8}, complete=True),
    ]
