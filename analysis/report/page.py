"""The report as one self-contained HTML page."""

from importlib import resources
from typing import Any

import plotly.graph_objects as go
import plotly.io
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from analysis.findings import human_flops, network
from analysis.laws import Status
from analysis.report.figures import importance_figure, law_figure, pareto_figure
from analysis.trials import Trials


def render_page(report: dict[str, Any], complete: Trials) -> str:
    """The page; everything from the study is escaped, nothing is loaded from elsewhere."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"flops": human_flops}
    template = environment.from_string((resources.files("analysis") / "report" / "page.html").read_text())
    return template.render(
        report=report,
        members=[member | {"network": network(member)} for member in report["pareto"]],
        plotly=Markup(get_plotlyjs()),
        figures={name: _embed(name, figure) for name, figure in _figures(report, complete).items()},
    )


def _figures(report: dict[str, Any], complete: Trials) -> dict[str, go.Figure]:
    figures = {}
    if report["pareto"]:
        figures["pareto"] = pareto_figure(report, complete)
    if report["importance"]:
        figures["importance"] = importance_figure(report["importance"])
    if report["laws"][0]["status"] != Status.TOO_FEW_POINTS:
        figures["law"] = law_figure(report["laws"][0])
    return figures


def _embed(name: str, figure: go.Figure) -> Markup:
    figure.update_layout(
        template="simple_white",
        paper_bgcolor="rgba(0,0,0,0)",
        font={"family": "system-ui, sans-serif", "size": 14},
        margin={"t": 40, "r": 20},
        legend={"orientation": "h", "y": 1.12, "x": 0},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": "#aaaaaa", "activecolor": "#555555"},
        height=420,
    )
    config = {"responsive": True, "displaylogo": False}
    return Markup(
        plotly.io.to_html(figure, full_html=False, include_plotlyjs=False, div_id=f"figure-{name}", config=config)
    )
