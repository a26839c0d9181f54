"""Figures as parts of the page: what plotly draws, and a table of the numbers behind it."""

from dataclasses import dataclass

import plotly.graph_objects as go
from markupsafe import Markup

from analysis.report.figures import Figure
from analysis.report.page.table import Cell, Column, Table
from analysis.trials import is_missing
from analysis.words import shown

_HEIGHT = 420
_MOST_ROWS, _MOST_COLUMNS = 40, 9  # of a table that helps; the rest is in its file


@dataclass(frozen=True)
class PageFigure:
    """A figure in the page.

    Attributes:
        plot: for plotly.js, as JSON that is safe within a script element.
        height: of the plot, in pixels.
        numbers: those behind it; without rows where they are too many to read.
        n: how many rows there are.
    """

    name: str
    title: str
    told: str
    plot: Markup
    height: int
    numbers: Table
    n: int


def embed(figure: Figure) -> PageFigure:
    """In the page's style; what a figure has set itself stays."""
    plot = _styled(figure.plot)
    return PageFigure(
        name=figure.name,
        title=figure.title,
        told=figure.told,
        plot=Markup(plot.to_json().replace("<", "\\u003c").replace("\u2028", "\\u2028")),
        height=int(plot.layout.height),
        numbers=_numbers(figure),
        n=len(figure.data),
    )


def _numbers(figure: Figure) -> Table:
    small = len(figure.data) <= _MOST_ROWS and len(figure.data.columns) <= _MOST_COLUMNS
    data = figure.data if small else figure.data.iloc[:0]
    columns = tuple(Column(str(name)) for name in data)
    rows = tuple(tuple(Cell(_shown(value)) for value in row) for row in data.itertuples(index=False))
    return Table(f"numbers-{figure.name}", f"Numbers of {figure.title}", columns, rows)


def _styled(plot: go.Figure) -> go.Figure:
    figure = go.Figure(plot)
    own = {key: value for key, value in figure.layout.to_plotly_json().items() if key != "template"}
    figure.update_layout(
        template="simple_white",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 14},
        margin={"t": 64, "r": 16},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        height=_HEIGHT,
    )
    figure.update_layout(own)
    return figure


def _shown(value: object) -> str:
    if value is None or is_missing(value):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else shown(value)
