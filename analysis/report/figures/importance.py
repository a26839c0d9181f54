"""Which parameters matter, and in which direction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import GREY, LINE, PALETTE, escaped, name_on_axis, records, rounded, styled
from analysis.words import counted, score

_ROW = 38  # pixels
_MOST = 12  # parameters that a reader compares
_TOLD = 3


@dataclass(frozen=True)
class _Direction:
    """What the rank correlation of a parameter says; told by arrow, pattern and colour."""

    name: str
    arrow: str
    colour: str
    pattern: str


_UP = _Direction("more is better", "▲", PALETTE[0], "")
_DOWN = _Direction("less is better", "▼", PALETTE[1], "/")
_UNCLEAR = _Direction("direction not clear", "·", GREY, ".")
_NO_ORDER = _Direction("no rank correlation", "", GREY, "x")


def importance_figures(report: dict[str, Any]) -> list[Figure]:
    """The ranking of the parameters that were chosen; nothing without one."""
    rows = [row for row in report["importance"] or () if not row["derived"]][:_MOST]
    if not rows:
        return []
    n = report["surrogate"]["n"]
    maximised = report["objectives"][0]["direction"] == "maximize"
    data = pd.DataFrame([_line(row, maximised) for row in rows])
    return [Figure("importance", "What matters", _told(data, n), _plot(data), data)]


def _line(row: dict[str, Any], maximised: bool) -> dict[str, Any]:
    low, high = row["permutation_ci95"]
    rho_low, rho_high = row["spearman_ci95"] or (None, None)
    return {
        "parameter": row["param"],
        "importance": row["permutation"],
        "low": low,
        "high": high,
        "rho": row["spearman"],
        "rho_low": rho_low,
        "rho_high": rho_high,
        "direction": _direction(row["spearman"], row["spearman_ci95"], maximised).name,
        "trials": row["n"],
    }


def _direction(rho: float | None, interval: Sequence[float] | None, maximised: bool) -> _Direction:
    if rho is None or interval is None:
        return _NO_ORDER
    if interval[0] <= 0 <= interval[1]:
        return _UNCLEAR
    return _UP if (rho > 0) == maximised else _DOWN


def _plot(data: pd.DataFrame) -> go.Figure:
    plot = go.Figure()
    places = pd.Series(range(len(data), 0, -1), data.index)
    for direction in (_UP, _DOWN, _UNCLEAR, _NO_ORDER):
        part = data[data["direction"] == direction.name]
        if part.empty:
            continue
        plot.add_bar(
            x=rounded(part["importance"], 3),
            y=places[part.index].tolist(),
            width=0.62,
            orientation="h",
            name=direction.name,
            marker={"color": direction.colour, "pattern": {"shape": direction.pattern, "fillmode": "overlay"}},
            error_x={
                "array": rounded(part["high"] - part["importance"], 3),
                "arrayminus": rounded(part["importance"] - part["low"], 3),
                "color": LINE,
                "thickness": 1.2,
                "width": 3,
            },
            text=[escaped(_hover(row)) for row in records(part)],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    styled(plot, plot_height=_ROW * len(data) + 10)
    plot.update_xaxes(title="fall of R² when it is shuffled", zeroline=True, zerolinecolor=LINE)
    labels = [_label(row) for row in records(data)]
    plot.update_yaxes(tickvals=places.tolist(), ticktext=labels, range=[0.4, len(data) + 0.6], showgrid=False)
    return plot


def _label(row: dict[str, Any]) -> str:
    """The name, and below it the rank correlation with its arrow."""
    if pd.isna(row["rho"]):
        return name_on_axis(row["parameter"])
    arrow = next(one.arrow for one in (_UP, _DOWN, _UNCLEAR) if one.name == row["direction"])
    return f"{name_on_axis(row['parameter'])}<br>{arrow} ρ {row['rho']:+.2f}"


def _hover(row: dict[str, Any]) -> str:
    told = f"{row['parameter']}: {_with_interval(row)}"
    if pd.isna(row["rho"]):
        return told
    return f"{told}; ρ {row['rho']:+.2f} ({row['rho_low']:+.2f} to {row['rho_high']:+.2f}), n = {row['trials']:,}"


def _with_interval(row: dict[str, Any]) -> str:
    return f"{score(row['importance'])} ({score(row['low'])} to {score(row['high'])})"


def _told(data: pd.DataFrame, n: int) -> str:
    first = "; ".join(_sentence(row) for row in records(data.head(_TOLD)))
    unsure = int((data["low"] <= 0).sum())
    told = f"How far R² of a random forest falls when a parameter is shuffled, in {counted(n, 'trial')}: {first}."
    return f"{told} Of {counted(len(data), 'parameter')}, {unsure} may not matter at all: their interval reaches 0."


def _sentence(row: dict[str, Any]) -> str:
    correlated = "" if pd.isna(row["rho"]) else f", {row['direction']} (ρ {row['rho']:+.2f})"
    return f"{row['parameter']} {_with_interval(row)}{correlated}"
