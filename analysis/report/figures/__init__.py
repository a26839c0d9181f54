"""The report's figures."""

from analysis.report.figures.draw import draw_figures
from analysis.report.figures.figure import Figure

__all__ = ["Figure", "draw_figures"]
