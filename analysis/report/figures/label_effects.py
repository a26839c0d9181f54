"""What the architecture does to each group of labels."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import GREY, LINE, PALETTE, escaped, name_on_axis, records, rounded, styled
from analysis.words import counted, spoken

_ROW, _GAP = 22, 46  # pixels


def label_effect_figures(report: dict[str, Any]) -> list[Figure]:
    """Every effect that could be told, factor by factor; nothing without any."""
    rows = [
        {"factor": effect["factor"], "unit": effect["unit"], "group": row["group"], "effect": effect["effect"]}
        | {"low": effect["ci95"][0], "high": effect["ci95"][1], "trials": effect["n"]}
        for row in report["label_groups"] or ()
        for effect in row["effects"]
        if effect["effect"] is not None
    ]
    if not rows:
        return []
    data = pd.DataFrame(rows)
    data["clear"] = (data["low"] > 0) | (data["high"] < 0)
    return [Figure("label-effects", "What the architecture does to each group", _told(data), _plot(data), data)]


def _told(data: pd.DataFrame) -> str:
    clear = data[data["clear"]] if data["clear"].any() else data
    top = max(records(clear), key=lambda row: abs(row["effect"]))
    which = "of these" if data["clear"].any() else "of all"
    return (
        f"The effect of {counted(data['factor'].nunique(), 'factor')} on the balanced accuracy of "
        f"{counted(data['group'].nunique(), 'group')} of labels; {int(data['clear'].sum())} of {len(data)} intervals "
        f"do not contain 0. The largest {which} is {spoken(top['factor'])} on {top['group']}: {_with_interval(top)} "
        f"{top['unit']}."
    )


def _with_interval(row: dict[str, Any]) -> str:
    return f"{row['effect']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})"


def _plot(data: pd.DataFrame) -> go.Figure:
    factors, groups = list(dict.fromkeys(data["factor"])), list(dict.fromkeys(data["group"]))
    heights = [max(2, int((data["factor"] == factor).sum())) * _ROW for factor in factors]
    total = sum(heights) + _GAP * (len(factors) - 1)
    units = data.groupby("factor")["unit"].first()
    plot = make_subplots(
        rows=len(factors),
        row_heights=heights,
        shared_xaxes="all",
        vertical_spacing=_GAP / total if len(factors) > 1 else 0,
        subplot_titles=[escaped(f"{spoken(factor)}, {units[factor]}") for factor in factors],
    )
    for number, factor in enumerate(factors, start=1):
        _draw(plot, data[data["factor"] == factor], groups, number)
    styled(plot, plot_height=total, above=26)
    plot.update_annotations(x=0, xanchor="left", font={"size": 13})
    plot.update_xaxes(showticklabels=False, zeroline=True, zerolinecolor=LINE)
    plot.update_xaxes(title="change of balanced accuracy", showticklabels=True, row=len(factors))
    return plot


def _draw(plot: go.Figure, part: pd.DataFrame, groups: Sequence[str], number: int) -> None:
    """A dot with its interval per group: filled where it is clear of zero, else open and grey."""
    names = [group for group in groups if group in set(part["group"])]
    places = {group: len(names) - place for place, group in enumerate(names)}
    for is_clear, (symbol, colour) in {True: ("circle", PALETTE[0]), False: ("circle-open", GREY)}.items():
        kind = part[part["clear"] == is_clear]
        plot.add_scatter(
            x=rounded(kind["effect"], 4),
            y=[places[group] for group in kind["group"]],
            mode="markers",
            name="interval without 0" if is_clear else "interval with 0",
            showlegend=number == 1,
            marker={"symbol": symbol, "color": colour, "size": 8, "line": {"width": 1.5, "color": colour}},
            error_x={
                "array": rounded(kind["high"] - kind["effect"], 3),
                "arrayminus": rounded(kind["effect"] - kind["low"], 3),
                "color": colour,
                "thickness": 1.3,
                "width": 3,
            },
            text=[escaped(f"{row['group']}: {_with_interval(row)}") for row in records(kind)],
            hovertemplate="%{text}<extra></extra>",
            row=number,
            col=1,
        )
    ticks = [name_on_axis(group) for group in names]
    plot.update_yaxes(tickvals=list(places.values()), ticktext=ticks, range=[0.4, len(names) + 0.6], row=number, col=1)
