"""Where the workers' time went."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import LINE, PALETTE, name_on_axis, rounded, styled
from analysis.words import share, time_unit

_FINISHED, _STOPPED = "finished", "stopped early"
_KINDS = {_FINISHED: (PALETTE[0], ""), _STOPPED: (PALETTE[4], "/"), "wasted": (PALETTE[1], "x")}
_ROW = 44  # pixels


def spent_figures(report: dict[str, Any]) -> list[Figure]:
    """Time in trials that were finished, in those that were stopped, and in vain, by cause; nothing without any."""
    spent = {cause: seconds for cause, seconds in (report["spent"] or {}).items() if seconds > 0}
    total = sum(spent.values())
    if not total:
        return []
    rows = [
        {"cause": cause, "kind": cause if cause in _KINDS else "wasted", "seconds": seconds, "share": seconds / total}
        for cause, seconds in spent.items()
    ]
    data = pd.DataFrame(rows)
    unit, length = time_unit(total)
    lost = sum(row["seconds"] for row in rows if row["kind"] == "wasted")
    parts = ", ".join(f"{cause} {share(seconds / total)}" for cause, seconds in spent.items())
    told = (
        f"Workers spent {total / length:.3g} {unit}: {parts}. {share(lost / total) if lost else 'Nothing'} was in vain."
    )
    return [Figure("spent", "Where the time went", told, _plot(data, total), data)]


def _plot(data: pd.DataFrame, total: float) -> go.Figure:
    unit, length = time_unit(total)
    plot = go.Figure()
    places = pd.Series(range(len(data), 0, -1), data.index)
    for kind, (colour, pattern) in _KINDS.items():
        part = data[data["kind"] == kind]
        if part.empty:
            continue
        plot.add_bar(
            x=rounded(part["seconds"] / length, 4),
            y=places[part.index].tolist(),
            width=0.6,
            orientation="h",
            name=kind,
            marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay"}},
            text=[share(value) for value in part["share"]],
            textposition="outside",
            textfont={"color": LINE},
            cliponaxis=False,
            hovertemplate=f"%{{x:.3~g}} {unit}<extra></extra>",
        )
    styled(plot, plot_height=_ROW * len(data) + 10, legend=False)
    plot.update_xaxes(title=f"{unit} of workers", range=[0, 1.12 * data["seconds"].max() / length])
    ticks = [name_on_axis(cause) for cause in data["cause"]]
    plot.update_yaxes(tickvals=places.tolist(), ticktext=ticks, range=[0.4, len(data) + 0.6], showgrid=False)
    return plot
