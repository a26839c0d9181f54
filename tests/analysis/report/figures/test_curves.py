from analysis.report.figures.curves import curve_figures


def test_each_member_has_a_curve_told_apart_by_more_than_colour(drawn):
    report, _, figures = drawn(40)
    plot = figures["curves"].plot
    assert 3 <= len(plot.data) <= 8
    assert list(plot.data[0].x) == [1, 2, 3]
    assert plot.data[0].name.startswith(f"trial {report['pareto'][0]['number']} (")
    assert len({(trace.line.dash, trace.marker.symbol) for trace in plot.data}) == len(plot.data)


def test_all_members_are_in_the_data_and_the_cheapest_and_the_dearest_are_drawn(drawn):
    report, complete, _ = drawn(40)
    members = complete.values.sort_values("flops").index[:20]
    curves = [{"number": int(number), "epochs": [1, 2], "scores": [0.6, 0.5]} for number in members]
    figure = curve_figures(report | {"curves": curves}, complete)[0]
    assert len(figure.plot.data) == 8
    assert figure.plot.data[0].name.startswith(f"trial {members[0]} ")
    assert figure.plot.data[-1].name.startswith(f"trial {members[-1]} ")
    assert figure.data["trial"].nunique() == 20
    assert "20 had a better epoch before the last" in figure.told


def test_one_epoch_is_no_curve(drawn):
    report, complete, _ = drawn(40)
    assert curve_figures(report | {"curves": [{"number": 0, "epochs": [1], "scores": [0.5]}]}, complete) == []
