"""All figures of a report."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.compared import compared_figures
from analysis.report.figures.edf import edf_figure
from analysis.report.figures.figure import Figure
from analysis.report.figures.importance import importance_figure
from analysis.report.figures.law import law_figure
from analysis.report.figures.pareto import pareto_figure
from analysis.report.figures.regions import region_figure
from analysis.trials import Trials


def draw_figures(report: dict[str, Any], complete: Trials) -> list[Figure]:
    """Those for which there are enough data, in the order of the report's sections."""
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
    compared = compared_figures(report["compared"], complete) if report["compared"] else []
    return [*compared, *(_bare(name, plot) for name, plot in figures.items())]


def _bare(name: str, plot: go.Figure) -> Figure:
    return Figure(name, name, name, plot, pd.DataFrame())
