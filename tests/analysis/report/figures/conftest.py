"""Reports to draw from."""

from dataclasses import replace

import pytest

from analysis.report import build_report
from analysis.report.figures import draw_figures


@pytest.fixture(scope="session")
def drawn(report_analysis, report_material):
    """By number of trials: the report, its complete trials, and its figures by name."""
    made = {}

    def draw(n):
        if n not in made:
            analysis = report_analysis(n)
            members = analysis.fronts.members
            curves = {number: {epoch: 0.5 + number / 1e4 + epoch / 100 for epoch in (1, 2, 3)} for number in members}
            report = build_report(analysis, replace(report_material(n), curves=curves))
            figures = {figure.name: figure for figure in draw_figures(report, analysis.complete)}
            made[n] = (report, analysis.complete, figures)
        return made[n]

    return draw


@pytest.fixture
def trace():
    """The trace of a figure whose name begins with a text."""

    def find(figure, name):
        return next(trace for trace in figure.plot.data if (trace.name or "").startswith(name))

    return find
