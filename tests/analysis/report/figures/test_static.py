from xml.etree import ElementTree

import pandas as pd
import plotly.graph_objects as go
import pytest

from analysis.report.figures.figure import Figure
from analysis.report.figures.static import svg
from analysis.report.figures.style import log_axis, styled

SVG = "{http://www.w3.org/2000/svg}"


def _texts(written):
    return [element.text for element in ElementTree.fromstring(written).iter(f"{SVG}text")]


def _figure(plot, name="a figure"):
    return Figure("name", name, "", styled(plot), pd.DataFrame())


def test_every_figure_is_an_svg_that_holds_its_labels_as_text(drawn):
    for figure in drawn(100)[2].values():
        texts = _texts(svg(figure))
        assert figure.title in texts
        names = [trace.name for trace in figure.plot.data if trace.name and trace.showlegend is not False]
        assert figure.plot.layout.showlegend is False or set(names) <= set(texts)
        assert figure.plot.layout.xaxis.title.text is None or figure.plot.layout.xaxis.title.text in texts


def test_it_is_the_same_whenever_it_is_drawn_and_names_no_date(drawn):
    figure = drawn(100)[2]["scaling"]
    assert svg(figure) == svg(figure)
    assert "<dc:date>" not in svg(figure)


def test_markup_and_formulas_in_names_stay_text():
    plot = go.Figure(go.Scatter(x=[1, 2], y=[1, 2], name="&lt;b&gt; $x_1$ &amp;amp;"))
    texts = _texts(svg(_figure(plot, name="<script>alert(1)</script>")))
    assert "<b> $x_1$ &amp;" in texts
    assert "<script>alert(1)</script>" in texts


def test_log_axes_have_the_ticks_of_the_plot():
    plot = go.Figure(go.Scatter(x=[1e5, 1e6], y=[1, 2], mode="markers"))
    plot.update_xaxes(**log_axis([1e5, 1e6]))
    texts = _texts(svg(_figure(plot)))
    assert [text for text in texts if text in plot.layout.xaxis.ticktext] == ["100k", "200k", "500k", "1M"]


def test_a_step_goes_across_before_it_goes_up():
    steps = {shape: svg(_figure(go.Figure(go.Scatter(x=[0, 1], y=[0, 1], line_shape=shape)))) for shape in ("hv", "vh")}
    assert steps["hv"] != steps["vh"]
    hv, vh = ([tuple(map(float, point.split())) for point in _line(steps[shape])] for shape in ("hv", "vh"))
    assert hv[0][1] == hv[1][1] > hv[2][1]
    assert vh[0][0] == vh[1][0] < vh[2][0]


def _line(written):
    """The corners of the line of three points and no tick."""
    for path in ElementTree.fromstring(written).iter(f"{SVG}path"):
        if "#1f77b4" in (path.get("style") or "") or "stroke: #333333" in (path.get("style") or ""):
            return [part.strip() for part in path.get("d").replace("M", "L").split("L")[1:]]
    raise AssertionError("no line")


def test_what_it_cannot_draw_is_refused():
    with pytest.raises(ValueError, match="box"):
        svg(_figure(go.Figure(go.Scatter(x=[1], y=[1])).add_box(y=[1])))
