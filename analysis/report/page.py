"""The report as one self-contained HTML page."""

from importlib import resources
from typing import Any

import plotly.graph_objects as go
import plotly.io
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from analysis.report.figures import edf_figure, importance_figure, law_figure, pareto_figure
from analysis.report.region_figure import region_figure
from analysis.trials import Trials
from analysis.words import amount, network, score, shown, spoken


def render_page(report: dict[str, Any], complete: Trials) -> str:
    """The page; everything from the study is escaped, nothing is loaded from elsewhere."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"amount": amount, "network": network, "score": score, "shown": shown, "spoken": spoken}
    environment.filters |= {"interval": _interval, "trial": complete.label}
    template = environment.from_string((resources.files("analysis") / "report" / "page.html").read_text())
    return template.render(
        report=report,
        objective=complete.score.name,
        cost=None if complete.cost is None else complete.cost.name,
        plotly=Markup(get_plotlyjs()),
        figures={name: _embed(name, figure) for name, figure in _figures(report, complete).items()},
    )


def _interval(ends: list[float | None]) -> str:
    """Both ends with two significant digits; one that nobody knows is a dash."""
    low, high = ("-" if end is None else f"{end:.2g}" for end in ends)
    return f"{low} to {high}"


def _figures(report: dict[str, Any], complete: Trials) -> dict[str, go.Figure]:
    figures = {}
    if report["pareto"]:
        figures["pareto"] = pareto_figure(report, complete)
    if report["importance"]:
        figures["importance"] = importance_figure([row for row in report["importance"] if not row["derived"]])
    if report["laws"] and report["laws"][0]["params"]:
        figures["law"] = law_figure(report["laws"][0], complete)
    if report["edf"]:
        first = report["edf"][0]["group"]
        figures["edf"] = edf_figure([row for row in report["edf"] if row["group"] == first])
    if report["region_timelines"]:
        figures["regions"] = region_figure(report["region_timelines"])
    return figures


def _embed(name: str, figure: go.Figure) -> Markup:
    """In the page's style; what a figure has set itself stays."""
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
