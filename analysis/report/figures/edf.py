"""How the error is distributed over the parts of the space."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import DASHES, PALETTE, escaped, file_name, rounded, styled
from analysis.words import score, spoken

_FEWEST = 4  # trials of a part


def edf_figures(report: dict[str, Any]) -> list[Figure]:
    """One figure for each column to group by, and one of the narrowed space where there is one.

    They are called `edf` for the first column, `edf-COLUMN` for the others, and `edf-regions`.
    """
    columns = dict.fromkeys(row["group"] for row in report["edf"] or ())
    figures = []
    for place, column in enumerate(columns):
        rows = [row for row in report["edf"] if row["group"] == column and row["n"] >= _FEWEST]
        name = file_name("edf", column) if place else "edf"
        figures += edf_figure(name, f"The error of all networks, by {spoken(column)}", rows)
    return figures + edf_figure("edf-regions", "The error inside the narrowed space", report["edf_regions"] or ())


def edf_figure(name: str, title: str, rows: Sequence[dict[str, Any]]) -> list[Figure]:
    """The distributions of `rows` (`value`, `error`, `n`, `x`, `share`) in one figure; none of no rows."""
    if not rows:
        return []
    data = pd.concat([_steps(row) for row in rows], ignore_index=True)
    error = spoken(rows[0]["error"])
    told = f"Which share of the networks has at most a given {error}. Median: "
    told += "; ".join(f"{row['value']} {score(_median(row))} (n = {row['n']:,})" for row in rows)
    return [Figure(name, title, f"{told}.", _plot(rows, error), data)]


def _plot(rows: Sequence[dict[str, Any]], error: str) -> go.Figure:
    plot = go.Figure()
    end = max(row["x"][-1] for row in rows)
    for place, row in enumerate(rows):
        plot.add_scatter(
            x=rounded([row["x"][0], *row["x"], end]),
            y=rounded([0, *row["share"], 1], 4),
            mode="lines",
            name=escaped(f"{row['value']} ({row['n']:,})"),
            line={
                "shape": "hv",
                "color": PALETTE[place % len(PALETTE)],
                "dash": DASHES[place % len(DASHES)],
                "width": 2.2,
            },
            hovertemplate="%{y:.0%} have at most %{x:.3f}",
        )
    styled(plot)
    plot.update_xaxes(title=escaped(error))
    plot.update_yaxes(title="share of the networks", range=[0, 1.02])
    return plot


def _median(row: dict[str, Any]) -> float:
    return float(next(x for x, share in zip(row["x"], row["share"], strict=True) if share >= 0.5))


def _steps(row: dict[str, Any]) -> pd.DataFrame:
    steps = pd.DataFrame({"error": row["x"], "share": row["share"]})
    steps.insert(0, "part", row["value"])
    return steps.assign(trials=row["n"])
