"""The figures as files: a picture and its data, `NAME.svg` and `NAME.csv`."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.report.figures.figure import Figure
from analysis.report.figures.static import svg

FOLDER = "figures"
_NAME = re.compile(r"[a-z0-9-]+")
_DIGITS = "%.9g"  # beyond, the data are no better


def figure_rows(figures: Sequence[Figure]) -> list[dict[str, str]]:
    """What `report.json` tells of the figures beside it: name, title, and what there is to see."""
    return [{"name": figure.name, "title": figure.title, "told": figure.told} for figure in figures]


def figure_files(figures: Sequence[Figure]) -> dict[str, str]:
    """The text of each file by its name."""
    return {
        name: text
        for figure in figures
        for name, text in (
            (f"{figure.name}.svg", svg(figure)),
            (f"{figure.name}.csv", figure.data.to_csv(index=False, float_format=_DIGITS)),
        )
    }


def earlier_files(report: Path) -> frozenset[str]:
    """Names of the figure files of a report that was written before; none where there is no such report."""
    try:
        told = json.loads(report.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return frozenset()
    rows = told.get("figures") if isinstance(told, Mapping) else None
    names = [row.get("name") for row in rows or () if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return frozenset(f"{name}.{kind}" for name in filter(_is_name, names) for kind in ("svg", "csv"))


def _is_name(told: Any) -> bool:
    """Whether it is one of ours: a file elsewhere cannot be named so."""
    return isinstance(told, str) and _NAME.fullmatch(told) is not None
