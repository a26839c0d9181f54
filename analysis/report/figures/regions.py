"""The figure of what was searched of each parameter, over the finished trials."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import FAINT, GREY, LINE, PALETTE, escaped, see_through, styled
from analysis.words import counted, shown

_MARKS = {  # by kind: symbol, colour
    "cut": ("triangle-down", PALETTE[1]),
    "withdrawn": ("circle-open", LINE),
    "reopened": ("triangle-up", PALETTE[2]),
    "undone": ("diamond", PALETTE[3]),
}
_RANGE_HEIGHT, _CHOICE_HEIGHT, _GAP = 64, 22, 44  # pixels
_TITLE = 26


@dataclass(frozen=True)
class _Row:
    """Where one parameter is drawn."""

    figure: go.Figure
    number: int
    line: dict[str, Any]

    @property
    def values(self) -> list[str] | None:
        """The choices from the bottom up; None of a range."""
        wide = self.line["wide"]
        return _texts(wide)[::-1] if isinstance(wide, dict) else None

    def draw(self, **trace: Any) -> None:
        self.figure.add_scatter(row=self.number, col=1, showlegend=False, **trace)


def region_figures(report: dict[str, Any]) -> list[Figure]:
    """What was searched of each parameter that was ever cut; nothing where none was."""
    lines = report["region_timelines"] or ()
    if not lines:
        return []
    data = pd.DataFrame([row for line in lines for row in _rows(line)])
    cuts = int((data["kind"] == "cut").sum())
    kept = [f"{_title(line, lines)} to {_part(line['steps'][-1]['part'])}" for line in lines]
    trials = max(line["steps"][-1]["until"] for line in lines)
    told = (
        f"What was searched of {counted(len(lines), 'parameter')} over {counted(trials, 'trial')}, after "
        f"{counted(cuts, 'cut')}: {'; '.join(kept)}."
    )
    return [Figure("regions", "What was searched, and when", told, region_figure(lines), data)]


def _rows(line: dict[str, Any]) -> list[dict[str, Any]]:
    of = {"study": line["study"], "parameter": line["param"]}
    steps = [
        of | {"kind": "searched", "since": step["since"], "until": step["until"], "part": _part(step["part"])}
        for step in line["steps"]
    ]
    marks = [
        of | {"kind": mark["kind"], "since": mark["trials"], "until": mark["trials"], "part": _part(mark["removed"])}
        for mark in line["marks"]
    ]
    return steps + marks


def _part(part: Any) -> str:
    if isinstance(part, dict):
        return ", ".join(shown(value) for value in part["values"])
    return "..".join(shown(end) for end in part)


def region_figure(lines: Sequence[dict[str, Any]]) -> go.Figure:
    """One row per parameter: a band of what is searched of a range, or a bar per choice that ends when it is cut."""
    heights = [_height(line) for line in lines]
    total = sum(heights) + _GAP * (len(lines) - 1)
    figure = make_subplots(
        rows=len(lines),
        shared_xaxes="all",
        row_heights=heights,
        vertical_spacing=_GAP / total if len(lines) > 1 else 0,
        subplot_titles=[escaped(_title(line, lines)) for line in lines],
    )
    for number, line in enumerate(lines, start=1):
        row = _Row(figure, number, line)
        (_draw_range if row.values is None else _draw_choices)(row)
        _draw_marks(row)
    _draw_legend(figure, lines)
    styled(figure, plot_height=total, above=_TITLE)
    figure.update_annotations(x=0, xanchor="left", font={"size": 13})
    figure.update_xaxes(rangemode="tozero", showline=False, ticks="", showgrid=False)
    figure.update_xaxes(title="finished trials", row=len(lines), ticks="outside", showline=True)
    figure.update_yaxes(showgrid=False)
    return figure


def _height(line: dict[str, Any]) -> int:
    wide = line["wide"]
    return _CHOICE_HEIGHT * max(2, len(wide["values"])) if isinstance(wide, dict) else _RANGE_HEIGHT


def _title(line: dict[str, Any], lines: Sequence[dict[str, Any]]) -> str:
    several = len({other["study"] for other in lines}) > 1
    scale = " (log)" if line["log"] else ""
    return f"{line['study']}: {line['param']}{scale}" if several else f"{line['param']}{scale}"


def _draw_range(row: _Row) -> None:
    """The wide range in grey, what is searched of it in colour."""
    steps, (low, high) = row.line["steps"], row.line["wide"]
    end = steps[-1]["until"]
    row.draw(x=[0, end, end, 0], y=[0, 0, 1, 1], fill="toself", fillcolor=FAINT, mode="none", hoverinfo="skip")
    x = [at for step in steps for at in (step["since"], step["until"])]
    for side, fill in ((0, None), (1, "tonexty")):
        row.draw(
            x=x,
            y=[step["share"][side] for step in steps for _ in range(2)],
            mode="lines",
            line={"color": PALETTE[0], "width": 1.5},
            fill=fill,
            fillcolor=see_through(PALETTE[0], 0.35),
            hovertext=[_searched(step) for step in steps for _ in range(2)],
            hoverinfo="text",
        )
    ticks = {0.0: low, 1.0: high} | dict(zip(steps[-1]["share"], steps[-1]["part"], strict=True))
    kept = [share for share in ticks if share in (0.0, 1.0) or 0.2 < share < 0.8]
    row.figure.update_yaxes(
        tickvals=kept, ticktext=[shown(ticks[share]) for share in kept], range=[-0.05, 1.05], row=row.number, col=1
    )


def _draw_choices(row: _Row) -> None:
    """A bar per choice where it is searched, a thin grey line where it is not."""
    end, values = row.line["steps"][-1]["until"], row.values or []
    for at, value in enumerate(values):
        row.draw(x=[0, end], y=[at, at], mode="lines", line={"color": GREY, "width": 1}, hoverinfo="skip")
        x = _stretches(row.line["steps"], value)
        bar = {"color": PALETTE[0], "width": 8}
        row.draw(x=x, y=[at] * len(x), mode="lines", line=bar, hovertext=value, hoverinfo="text")
    row.figure.update_yaxes(
        tickvals=list(range(len(values))), ticktext=values, range=[-0.6, len(values) - 0.4], row=row.number, col=1
    )


def _stretches(steps: Sequence[dict[str, Any]], value: str) -> list[int | None]:
    """Where a choice is searched: from, to, and None between two stretches."""
    x: list[int | None] = []
    for step in steps:
        if value in _texts(step["part"]):
            x += [step["since"], step["until"]]
        elif x and x[-1] is not None:
            x.append(None)
    return x


def _texts(part: dict[str, Any]) -> list[str]:
    return [escaped(shown(value)) for value in part["values"]]


def _searched(step: dict[str, Any]) -> str:
    low, high = step["part"]
    return escaped(f"{shown(low)}..{shown(high)}, {step['since']} to {step['until']} trials")


def _draw_marks(row: _Row) -> None:
    """Where something was changed, at what was removed or given back."""
    for mark in row.line["marks"]:
        symbol, colour = _MARKS[mark["kind"]]
        heights = _mark_heights(row, mark)
        row.draw(
            x=[mark["trials"]] * len(heights),
            y=heights,
            mode="markers",
            marker={"symbol": symbol, "color": colour, "size": 11},
            hovertext=escaped(f"after {mark['trials']} trials: {mark['sentence']}"),
            hoverinfo="text",
            cliponaxis=False,
        )


def _mark_heights(row: _Row, mark: dict[str, Any]) -> list[float]:
    if row.values is None:
        return [sum(mark["share"]) / 2]
    return [row.values.index(value) for value in _texts(mark["removed"])]


def _draw_legend(figure: go.Figure, lines: Sequence[dict[str, Any]]) -> None:
    """What band and marks mean, for those that occur."""
    figure.add_scatter(x=[None], y=[None], mode="lines", name="searched", line={"color": PALETTE[0], "width": 8})
    found = {mark["kind"] for line in lines for mark in line["marks"]}
    for kind, (symbol, colour) in _MARKS.items():
        if kind in found:
            marker = {"symbol": symbol, "color": colour, "size": 11}
            figure.add_scatter(x=[None], y=[None], mode="markers", name=kind, marker=marker)
