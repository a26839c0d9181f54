from analysis.report.figures.spent import spent_figures


def test_time_is_told_in_a_unit_that_suits_it_with_shares():
    figure = spent_figures({"spent": {"finished": 9000.0, "stopped early": 600.0, "<b>": 400.0, "none": 0.0}})[0]
    assert figure.told == "Workers spent 2.78 hours: finished 90 %, stopped early 6 %, <b> 4 %. 4 % was in vain."
    assert [list(bar.x) for bar in figure.plot.data] == [[2.5], [0.1667], [0.1111]]
    assert len({bar.marker.pattern.shape for bar in figure.plot.data}) == 3
    assert figure.plot.layout.yaxis.ticktext[-1] == "&lt;b&gt;"
    assert figure.data["share"].sum() == 1


def test_no_time_is_no_figure():
    assert spent_figures({"spent": None}) == spent_figures({"spent": {"finished": 0.0}}) == []
