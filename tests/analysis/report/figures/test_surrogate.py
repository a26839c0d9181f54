import numpy as np
import pytest


def test_each_fold_is_drawn_with_the_correlation_of_its_points(drawn):
    report, _, figures = drawn(100)
    data = figures["surrogate"].data
    for place, r in enumerate(report["surrogate"]["cv_pearson"]):
        part = data[data["fold"] == place + 1]
        assert np.corrcoef(part["predicted"], part["observed"])[0, 1] == pytest.approx(r)
        assert figures["surrogate"].plot.data[place + 1].name == f"fold {place + 1}: r = {r:.2f}"
    assert len(data) == 100


def test_every_trial_is_held_out_once(drawn):
    report, complete, _ = drawn(100)
    points = report["surrogate"]["points"]
    assert sorted(points["number"]) == list(range(100))
    observed = dict(zip(points["number"], points["observed"], strict=True))
    assert observed[7] == complete.values.loc[7, "balanced_accuracy"]


def test_few_trials_are_no_figure(drawn):
    assert "surrogate" not in drawn(16)[2]
