import pytest

from analysis.report.figures.label_effects import label_effect_figures
from analysis.report.figures.labels import label_figures


def _effect(effect, interval):
    return {"factor": "depth", "unit": "per doubling", "effect": effect, "ci95": interval, "n": 40}


def _best(score, over_all, error=0.02):
    return {
        "number": 3,
        "balanced_accuracy": score,
        "overall_best": 5,
        "overall_best_balanced_accuracy": over_all,
        "standard_error": error,
    }


GROUPS = [
    {"group": "all labels", "labels": ["a", "b"], "best": _best(0.8, 0.8), "effects": [_effect(0.01, [-0.01, 0.03])]},
    {"group": "<b>", "labels": ["a"], "best": _best(0.9, 0.7), "effects": [_effect(0.05, [0.02, 0.08])]},
]


def test_the_best_of_each_group_has_an_interval_and_the_common_network_beside_it():
    figure = label_figures({"label_groups": GROUPS, "labels": []})[0]
    common, best = figure.plot.data
    assert list(best.x) == [0.9, 0.8]
    assert list(common.x) == [0.7, 0.8]
    assert best.error_x.array[0] == pytest.approx(1.96 * 0.02, abs=1e-3)
    assert common.marker.symbol == "circle-open"
    assert figure.plot.layout.yaxis.ticktext == ("&lt;b&gt;", "all labels (2)")
    assert "highest <b> 0.900 (0.861 to 0.939)" in figure.told


def test_without_groups_the_commonest_labels_stand_in_their_place():
    labels = [{"label": f"l{n}", "n_positive": n, "best": _best(0.8, None, None)} for n in range(50)]
    figure = label_figures({"label_groups": GROUPS[:1], "labels": labels})[0]
    assert len(figure.data) == 30
    assert set(figure.data["group"]) == {f"l{n}" for n in range(20, 50)}


def test_effects_whose_interval_is_clear_of_zero_are_filled():
    figure = label_effect_figures({"label_groups": GROUPS})[0]
    assert [(trace.name, trace.marker.symbol, list(trace.x)) for trace in figure.plot.data] == [
        ("interval without 0", "circle", [0.05]),
        ("interval with 0", "circle-open", [0.01]),
    ]
    assert "1 of 2 intervals do not contain 0" in figure.told
    assert "depth on <b>: +0.050 (+0.020 to +0.080) per doubling" in figure.told


def test_no_scores_by_label_are_no_figure():
    nothing = {"label_groups": None, "labels": None}
    assert label_figures(nothing) == label_effect_figures(nothing) == []
