import copy

import numpy as np
import pytest

from analysis.report.figures.law import law_figures


def test_the_band_holds_the_line_and_reaches_no_further_than_the_points(drawn):
    law = drawn(100)[0]["laws"][0]
    band = {name: np.array(values) for name, values in law["band"].items()}
    assert (band["low"] <= band["y"]).all()
    assert (band["y"] <= band["high"]).all()
    assert band["y"] == pytest.approx(law["params"]["A"] * band["x"] ** -law["params"]["alpha"])
    assert (band["x"].min(), band["x"].max()) == pytest.approx((min(law["points"]["x"]), max(law["points"]["x"])))


def test_held_out_points_are_the_largest_and_their_prediction_is_dashed(drawn, trace):
    report, _, figures = drawn(100)
    law, figure = report["laws"][0], figures["law"]
    held_out, predicted = trace(figure, "held out"), trace(figure, "predicted")
    assert len(held_out.x) == law["holdout"]["n"] == 3
    assert min(held_out.x) > max(trace(figure, "best of each bin").x)
    assert predicted.line.dash == "dash"
    off = np.abs(np.log(np.array(predicted.y)) - np.log(np.array(held_out.y))).mean()
    assert off == pytest.approx(law["holdout"]["error"], rel=0.01)


def test_a_law_that_is_not_believed_is_no_line(drawn):
    report, complete, _ = drawn(100)
    doubted = copy.deepcopy(report["laws"])
    doubted[0] |= {"status": "no law here", "reason": "it does not fall"}
    figure = law_figures(report | {"laws": doubted[:1]}, complete)[0]
    assert "no law here" in figure.title
    assert "it does not fall" in figure.told
    assert {trace.mode for trace in figure.plot.data} == {"markers"}


def test_its_data_hold_every_mark_and_the_band(drawn):
    report, _, figures = drawn(100)
    counts = figures["law"].data["kind"].value_counts()
    assert counts["trial"] == 100
    assert counts["best"] + counts["held out"] == report["laws"][0]["n"]
    assert counts["power law"] == 40


def test_too_few_points_are_no_figure(drawn):
    assert "law" not in drawn(3)[2]
