"""Where the workers' time went."""

from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import LINE, PALETTE, name_on_axis, rounded, styled
from analysis.words import share

_FINISHED, _STOPPED = "finished", "stopped early"
_KINDS = {_FINISHED: (PALETTE[0], ""), _STOPPED: (PALETTE[4], "/"), "wasted": (PALETTE[1], "x")}
_FEWEST = 2  # of a unit: less is told in the next smaller one
_ROW = 44  # pixels


class _Unit(NamedTuple):
    seconds: float
    name: str


_UNITS = (_Unit(86_400, "days"), _Unit(3_600, "hours"), _Unit(60, "minutes"), _Unit(1, "seconds"))


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
    unit = _unit(total)
    lost = sum(row["seconds"] for row in rows if row["kind"] == "wasted")
    parts = ", ".join(f"{cause} {share(seconds / total)}" for cause, seconds in spent.items())
    told = (
        f"Workers spent {total / unit.seconds:.3g} {unit.name}: {parts}. "
        f"{share(lost / total) if lost else 'Nothing'} was in vain."
    )
    return [Figure("spent", "Where the time went", told, _plot(data, total), data)]


def _unit(total: float) -> _Unit:
    """The unit that suits so much time."""
    return next((unit for unit in _UNITS if total >= _FEWEST * unit.seconds), _UNITS[-1])


def _plot(data: pd.DataFrame, total: float) -> go.Figure:
    unit = _unit(total)
    plot = go.Figure()
    places = pd.Series(range(len(data), 0, -1), data.index)
    for kind, (colour, pattern) in _KINDS.items():
        part = data[data["kind"] == kind]
        if part.empty:
            continue
        plot.add_bar(
            x=rounded(part["seconds"] / unit.seconds, 4),
            y=places[part.index].tolist(),
            width=0.6,
            orientation="h",
            name=kind,
            marker={"color": colour, "pattern": {"shape": pattern, "fillmode": "overlay"}},
            text=[share(value) for value in part["share"]],
            textposition="outside",
            textfont={"color": LINE},
            cliponaxis=False,
            hovertemplate=f"%{{x:.3~g}} {unit.name}<extra></extra>",
        )
    styled(plot, plot_height=_ROW * len(data) + 10, legend=False)
    plot.update_xaxes(title=f"{unit.name} of workers", range=[0, 1.12 * data["seconds"].max() / unit.seconds])
    ticks = [name_on_axis(cause) for cause in data["cause"]]
    plot.update_yaxes(tickvals=places.tolist(), ticktext=ticks, range=[0.4, len(data) + 0.6], showgrid=False)
    return plot
