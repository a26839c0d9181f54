import numpy as np
import pytest

from analysis.report.figures.scaling import scaling_figures


def test_each_rule_with_enough_points_has_a_plot_with_its_line_in_its_band(drawn):
    report, _, figures = drawn(100)
    rules = [rule for rule in report["scaling_rules"] if rule["band"]]
    figure = figures["scaling"]
    assert sorted({*figure.data["parameter"]}) == sorted(rule["param"] for rule in rules)
    assert len(figure.plot.layout.annotations) == len(rules)
    for rule in rules:
        band = {name: np.array(values) for name, values in rule["band"].items()}
        assert (band["x"].min(), band["x"].max()) == pytest.approx((rule["points"]["x"][0], rule["points"]["x"][-1]))
        steps = np.diff(np.log10(band["y"]))
        assert steps == pytest.approx(np.full(len(steps), np.log10(rule["per_decade"]) * np.diff(np.log10(band["x"]))))


def test_what_moves_comes_first_and_says_by_how_much(drawn):
    report = drawn(100)[0]
    rules = [dict(rule) for rule in report["scaling_rules"] if rule["band"]]
    rules[-1] |= {"movement": "moves up", "per_decade": 2.0, "ci95": [1.5, 2.5]}
    figure = scaling_figures(report | {"scaling_rules": rules})[0]
    assert figure.plot.layout.annotations[0].text == f"{rules[-1]['param']}<br>×2 (1.5 to 2.5) for 10×"
    assert figure.plot.layout.annotations[1].text.endswith("no clear movement")
    assert f"{rules[-1]['param']} ×2 (1.5 to 2.5) for 10× the FLOPs" in figure.told


def test_too_few_points_are_no_figure(drawn):
    assert "scaling" not in drawn(16)[2]
