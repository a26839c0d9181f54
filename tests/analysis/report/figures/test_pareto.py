from dataclasses import replace

import pytest

from analysis.report.figures.pareto import pareto_figures


def test_the_front_is_a_line_through_its_members_with_the_intervals_of_their_scores(drawn, trace):
    report, _, figures = drawn(100)
    front = trace(figures["pareto"], "Pareto front")
    values = [member["values"] for member in report["pareto"]]
    assert list(front.x) == pytest.approx([value["flops"] for value in values], rel=1e-4)
    assert front.line.shape == "hv"
    assert set(front.error_y.array) == {0.02}
    assert front.line.width > max(line.width for line in _group_fronts(figures["pareto"]))


def _group_fronts(figure):
    return [trace.line for trace in figure.plot.data if trace.mode == "lines" and trace.name in ("convnext", "resnet")]


def test_each_group_has_a_front_of_its_own_colour_dash_and_symbol(drawn, trace):
    report, _, figures = drawn(100)
    marks = [trace(figures["pareto"], f"{group} (50)").marker for group in ("convnext", "resnet")]
    lines = _group_fronts(figures["pareto"])
    assert [mark.color for mark in marks] == [line.color for line in lines]
    assert len({mark.symbol for mark in marks}) == len({line.dash for line in lines}) == 2
    own = [len(front["members"]) for front in report["pareto_by"]["family"].values()]
    assert [len(one.x) for one in figures["pareto"].plot.data if one.mode == "lines"][:2] == own


def test_the_test_fold_is_an_open_symbol_beside_each_member(drawn, trace):
    report, _, figures = drawn(100)
    tests = trace(figures["pareto"], "on the untouched test fold")
    assert list(tests.y) == [0.5] * len(report["pareto"])
    assert tests.marker.symbol.endswith("-open")


def test_its_words_and_its_data_say_who_is_on_the_front(drawn):
    report, _, figures = drawn(100)
    told, data = figures["pareto"].told, figures["pareto"].data
    assert f"{len(report['pareto'])} of them on the front" in told
    assert str(report["pareto"][0]["number"]) in told
    members = data[data["front"]].sort_values("flops")
    assert list(members["flops"]) == [member["values"]["flops"] for member in report["pareto"]]
    assert (members["low"] < members["balanced_accuracy"]).all()
    assert len(data) == 100


def test_hovering_tells_the_whole_network(drawn):
    _, complete, figures = drawn(100)
    hover = figures["pareto"].plot.data[0].text[0]
    number = int(hover.split("<br>")[0].removeprefix("trial "))
    assert f"width {complete.drawn(number)['convnext.width']}" in hover
    assert "train.lr" in hover
    assert "MFLOPs" in hover


def test_of_many_trials_some_are_drawn_and_the_whole_front(drawn, monkeypatch):
    report, complete, _ = drawn(100)
    monkeypatch.setattr("analysis.report.figures.pareto._MOST_POINTS", 10)
    figure = pareto_figures(report, complete)[0]
    numbers = {int(text.split("<br>")[0].split()[1]) for one in figure.plot.data[:2] for text in one.text}
    assert {member["number"] for member in report["pareto"]} <= numbers
    assert len(numbers) < 30
    assert len(figure.data) == 100


def test_names_are_text_wherever_they_are_drawn(drawn):
    report, complete, _ = drawn(40)
    family = ["<b>net</b>" if name == "resnet" else name for name in complete.params["family"]]
    bold = complete.params.assign(family=family)
    figure = pareto_figures(report, replace(complete, params=bold))[0]
    assert "<b>" not in figure.plot.to_json().replace("\\u003c", "<")
    assert "&lt;b&gt;net" in figure.plot.to_json()
    assert "<b>net</b>" in set(figure.data["family"])


def test_a_front_of_one_trial_is_drawn(drawn):
    _, _, figures = drawn(1)
    assert "1 of them on the front, trial 0" in figures["pareto"].told


def test_no_trial_is_no_figure(drawn):
    assert "pareto" not in drawn(0)[2]
