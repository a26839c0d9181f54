"""All figures of a report."""

from dataclasses import replace
from itertools import count
from typing import Any

from analysis.report.figures.compared import compared_figures
from analysis.report.figures.curves import curve_figures
from analysis.report.figures.edf import edf_figures
from analysis.report.figures.figure import Figure
from analysis.report.figures.importance import importance_figures
from analysis.report.figures.importance_by import importance_by_figures
from analysis.report.figures.label_effects import label_effect_figures
from analysis.report.figures.labels import label_figures
from analysis.report.figures.law import law_figures
from analysis.report.figures.pareto import pareto_figures
from analysis.report.figures.regions import region_figures
from analysis.report.figures.scaling import scaling_figures
from analysis.report.figures.spent import spent_figures
from analysis.report.figures.surrogate import surrogate_figures
from analysis.trials import Trials


def draw_figures(report: dict[str, Any], complete: Trials) -> list[Figure]:
    """Those for which there are enough data, in the order of the report's sections; names are their own."""
    return _named_apart(
        [
            *compared_figures(report, complete),
            *pareto_figures(report, complete),
            *curve_figures(report, complete),
            *importance_figures(report),
            *importance_by_figures(report),
            *surrogate_figures(report),
            *law_figures(report, complete),
            *scaling_figures(report),
            *edf_figures(report),
            *region_figures(report),
            *label_figures(report),
            *label_effect_figures(report),
            *spent_figures(report),
        ]
    )


def _named_apart(figures: list[Figure]) -> list[Figure]:
    """Columns whose names differ in signs alone would share a file: the second is NAME-2."""
    named: dict[str, Figure] = {}
    for figure in figures:
        names = (figure.name if n == 1 else f"{figure.name}-{n}" for n in count(1))
        name = next(name for name in names if name not in named)
        named[name] = replace(figure, name=name)
    return list(named.values())
