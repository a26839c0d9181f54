"""How well the best network scores each group of labels."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import LINE, PALETTE, escaped, name_on_axis, records, rounded, styled
from analysis.words import counted, score

_ROW = 30  # pixels
_MOST = 30  # labels, where there are no groups of them
_NORMAL = 1.96  # standard errors of a 95 % interval


def label_figures(report: dict[str, Any]) -> list[Figure]:
    """The best score of each group, or of the commonest labels without groups; nothing without scores by label."""
    groups = report["label_groups"] or []
    rows = [_line(row) for row in (groups if len(groups) > 1 else _single(report["labels"] or [])) if row["best"]]
    if not rows:
        return []
    data = pd.DataFrame(rows).sort_values("best", ascending=False, ignore_index=True)
    return [Figure("labels", "How well each group of labels is told", _told(data), _plot(data), data)]


def _single(labels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The commonest labels in the place of groups."""
    commonest = sorted(labels, key=lambda row: -row["n_positive"])[:_MOST]
    return [{"group": row["label"], "labels": [row["label"]], "best": row["best"]} for row in commonest]


def _told(data: pd.DataFrame) -> str:
    lines = records(data)
    first, last = lines[0], lines[-1]
    return (
        f"The best balanced accuracy of {counted(len(data), 'group')} of labels: highest {first['group']} "
        f"{_with_interval(first)}, lowest {last['group']} {_with_interval(last)}. Beside it the score of the network "
        "that is best over all labels; where the two lie apart, the group would have another network."
    )


def _line(row: dict[str, Any]) -> dict[str, Any]:
    best, error = row["best"], row["best"]["standard_error"]
    half = None if error is None else _NORMAL * error
    top = best["balanced_accuracy"]
    return {
        "group": row["group"],
        "labels": len(row["labels"]),
        "trial": best["number"],
        "best": top,
        "low": None if half is None else max(0.0, top - half),
        "high": None if half is None else min(1.0, top + half),
        "best_over_all": best["overall_best_balanced_accuracy"],
    }


def _with_interval(row: dict[str, Any]) -> str:
    if pd.isna(row["low"]):
        return score(row["best"])
    return f"{score(row['best'])} ({score(row['low'])} to {score(row['high'])})"


def _plot(data: pd.DataFrame) -> go.Figure:
    plot = go.Figure()
    places = list(range(len(data), 0, -1))
    plot.add_scatter(
        x=rounded(data["best_over_all"], 4),
        y=places,
        mode="markers",
        name="network that is best over all labels",
        marker={"symbol": "circle-open", "size": 12, "color": LINE, "line": {"width": 1.6, "color": LINE}},
        hovertemplate="best over all labels: %{x:.3f}<extra></extra>",
    )
    plot.add_scatter(
        x=rounded(data["best"], 4),
        y=places,
        mode="markers",
        name="best network, 95 % interval",
        marker={"size": 8, "color": PALETTE[0]},
        error_x={
            "array": rounded(data["high"].astype(float) - data["best"], 3),
            "arrayminus": rounded(data["best"] - data["low"].astype(float), 3),
            "color": PALETTE[0],
            "thickness": 1.4,
            "width": 3,
        },
        text=[escaped(f"{row['group']}: trial {row['trial']}, {_with_interval(row)}") for row in records(data)],
        hovertemplate="%{text}<extra></extra>",
    )
    styled(plot, plot_height=_ROW * len(data) + 20)
    plot.update_xaxes(title="balanced accuracy")
    labels = [
        name_on_axis(row["group"]) + (f" ({row['labels']})" if row["labels"] > 1 else "") for row in records(data)
    ]
    plot.update_yaxes(tickvals=places, ticktext=labels, range=[0.4, len(data) + 0.6])
    return plot
