"""The report as one self-contained HTML page."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go
import plotly.io
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from analysis.report.figures import Figure
from analysis.trials import Trials
from analysis.words import amount, network, score, shown, spoken


def render_page(report: dict[str, Any], complete: Trials, figures: Sequence[Figure]) -> str:
    """The page; everything from the study is escaped, nothing is loaded from elsewhere."""
    loader = PackageLoader("analysis", "report/page")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"amount": amount, "network": network, "score": score, "shown": shown, "spoken": spoken}
    environment.filters |= {"interval": _interval, "trial": complete.label}
    return environment.get_template("page.html").render(
        report=report,
        objective=complete.score.name,
        cost=None if complete.cost is None else complete.cost.name,
        plotly=Markup(get_plotlyjs()),
        style=Markup(loader.get_source(environment, "style.css")[0]),
        figures={figure.name: _embed(figure.name, figure.plot) for figure in figures},
    )


def _interval(ends: list[float | None]) -> str:
    """Both ends with two significant digits; one that nobody knows is a dash."""
    low, high = ("-" if end is None else f"{end:.2g}" for end in ends)
    return f"{low} to {high}"


def _embed(name: str, plot: go.Figure) -> Markup:
    """In the page's style; what a figure has set itself stays."""
    figure = go.Figure(plot)
    own = {key: value for key, value in figure.layout.to_plotly_json().items() if key != "template"}
    figure.update_layout(
        template="simple_white",
        paper_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 14},
        margin={"t": 40, "r": 20},
        legend={"orientation": "h", "y": 1.12, "x": 0},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": "#aaaaaa", "activecolor": "#555555"},
        height=420,
    )
    figure.update_layout(own)
    config = {"responsive": True, "displaylogo": False}
    return Markup(
        plotly.io.to_html(figure, full_html=False, include_plotlyjs=False, div_id=f"figure-{name}", config=config)
    )
