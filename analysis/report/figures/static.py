"""A figure as SVG, for papers and for pages without scripts: drawn by matplotlib from plotly's own description.

What the figures use of plotly is understood, and no more: scatter and horizontal bars, error bars, fills, steps,
several plots, log axes with ticks of their own, titles of plots, a legend. Text stays text.
"""

import html
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import matplotlib
import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import TEXT
from analysis.words import brief

_WIDTH = 640  # pixels of the area that holds the marks
_PER_INCH = 96
_POINTS = 72 / _PER_INCH  # in a pixel
_INK = "#333333"  # on paper, in the place of the grey that suits dark pages too
_PAPER = "#ffffff"
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "ecgscale",
    "text.parse_math": False,
    "font.family": "sans-serif",
    "font.size": 13 * _POINTS,
    "hatch.linewidth": 0.6,
}
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}  # of what would differ between two runs
_DASHES = {None: "-", "solid": "-", "dash": "--", "dot": ":", "dashdot": "-."}
_STEPS = {None: None, "linear": None, "hv": "steps-post", "vh": "steps-pre"}
_SYMBOLS = {
    None: "o",
    "circle": "o",
    "diamond": "D",
    "square": "s",
    "triangle-up": "^",
    "triangle-down": "v",
    "cross": "P",
    "x": "X",
}
_HATCHES = {"": "", "/": "////", ".": "...", "x": "xxxx"}
_ROW, _TICKS = 22, 26  # pixels: of a line of the legend, of ticks above a plot
_LETTER, _SAMPLE = 6.6, 44  # pixels: of a letter in the legend, of the mark before it

_Which = Literal["x", "y"]


def svg(figure: Figure) -> str:
    """The figure on white, the same bytes whenever it is drawn.

    Raises:
        ValueError: the figure uses a part of plotly that has no counterpart here.
    """
    plot = figure.plot
    height = plot.layout.height - plot.layout.margin.t - plot.layout.margin.b
    with matplotlib.rc_context(_SETTINGS):
        canvas = Canvas(figsize=(_WIDTH / _PER_INCH, height / _PER_INCH), dpi=_PER_INCH, facecolor=_PAPER)
        panels = dict(_panels(canvas, plot))
        for trace, drawn_before in zip(plot.data, [None, *plot.data[:-1]], strict=True):
            _draw(panels[trace.xaxis or "x", trace.yaxis or "y"], trace, drawn_before)
        for (x, y), panel in panels.items():
            _set_axis(panel, "x", _axis(plot, x))
            _set_axis(panel, "y", _axis(plot, y))
        _match(panels, plot)
        top = max(_draw_titles(canvas, plot, height), _TICKS if plot.layout.xaxis.side == "top" else 0)
        top += _draw_legend(canvas, plot, top / height, height)
        canvas.text(0, 1 + (top + 8) / height, figure.title, size=15 * _POINTS, weight="bold", color=_INK)
        written = io.StringIO()
        canvas.savefig(written, format="svg", bbox_inches="tight", pad_inches=0.12, metadata=_NOTHING)
    return written.getvalue()


def _panels(canvas: Canvas, plot: go.Figure) -> Iterator[tuple[tuple[str, str], Axes]]:
    """Where each pair of axes lies, as shares of the canvas."""
    for x, y in dict.fromkeys((trace.xaxis or "x", trace.yaxis or "y") for trace in plot.data):
        left, right = _axis(plot, x).domain or (0, 1)
        bottom, top = _axis(plot, y).domain or (0, 1)
        yield (x, y), canvas.add_axes((left, bottom, right - left, top - bottom), facecolor="none")


def _axis(plot: go.Figure, name: str) -> Any:
    return plot.layout[f"{name[0]}axis{name[1:]}"]


def _draw(panel: Axes, trace: Any, before: Any) -> None:
    if trace.type == "bar":
        _draw_bars(panel, trace)
    elif trace.type == "scatter":
        _draw_scatter(panel, trace, before)
    else:
        raise ValueError(f"a {trace.type} trace cannot be drawn as SVG; teach static.py, or use scatter or bar")


def _draw_scatter(panel: Axes, trace: Any, before: Any) -> None:
    x, y = _numbers(trace.x), _numbers(trace.y)
    mode = trace.mode or "lines"
    if trace.fill == "tonexty":
        before_x, before_y = _numbers(before.x), _numbers(before.y)
        panel.fill([*before_x, *x[::-1]], [*before_y, *y[::-1]], **_filled(trace))
    elif trace.fill == "toself":
        panel.fill(x, y, **_filled(trace))
    if "lines" in mode:
        panel.plot(x, y, drawstyle=_STEPS[trace.line.shape], solid_capstyle="butt", **_line(trace))
    if "markers" in mode:
        panel.plot(x, y, linestyle="none", **_marker(trace))
    if "text" in mode:
        for at_x, at_y, told in zip(x, y, trace.text, strict=True):
            panel.annotate(
                _text(told), (at_x, at_y), (7, 0), textcoords="offset points", va="center", size=11 * _POINTS
            )
    _draw_errors(panel, trace, x, y)


def _draw_bars(panel: Axes, trace: Any) -> None:
    if trace.orientation != "h":
        raise ValueError("only horizontal bars can be drawn as SVG; give the trace orientation='h'")
    x, y = _numbers(trace.x), _numbers(trace.y)
    panel.barh(y, x, height=trace.width, **_bar(trace))
    _draw_errors(panel, trace, x, y)
    if trace.textposition == "outside":
        for at_x, at_y, told in zip(x, y, trace.text, strict=True):
            panel.annotate(_text(told), (at_x, at_y), (4, 0), textcoords="offset points", va="center", color=_INK)


def _draw_errors(panel: Axes, trace: Any, x: np.ndarray, y: np.ndarray) -> None:
    for name, error in (("xerr", trace.error_x), ("yerr", trace.error_y)):
        if error.array is None:
            continue
        bars: dict[str, Any] = {name: np.abs([_numbers(error.arrayminus), _numbers(error.array)])}
        bars |= {
            "ecolor": _colour(error.color or _own(trace)),
            "elinewidth": (error.thickness or 1) * _POINTS,
            "capsize": 2,
        }
        panel.errorbar(x, y, fmt="none", **bars)


def _line(trace: Any) -> dict[str, Any]:
    return {
        "color": _colour(trace.line.color),
        "linestyle": _DASHES[trace.line.dash],
        "linewidth": (trace.line.width or 2) * _POINTS,
    }


def _marker(trace: Any) -> dict[str, Any]:
    marker, colour = trace.marker, _colour(_own(trace))
    is_open = (marker.symbol or "").endswith("-open")
    return {
        "marker": _SYMBOLS[marker.symbol.removesuffix("-open") if marker.symbol else None],
        "markersize": (marker.size or 6) * _POINTS * (0.8 if marker.symbol and "diamond" in marker.symbol else 1),
        "markerfacecolor": "none" if is_open else colour,
        "markeredgecolor": colour if is_open else "none",
        "markeredgewidth": (marker.line.width or 1.4) * _POINTS,
        "alpha": marker.opacity,
    }


def _own(trace: Any) -> str | None:
    """The colour of a trace's marks: that of its line where they have none."""
    return trace.marker.color or (trace.line.color if trace.type == "scatter" else None)


def _bar(trace: Any) -> dict[str, Any]:
    hatch = _HATCHES[trace.marker.pattern.shape or ""]
    return {"facecolor": _colour(trace.marker.color), "hatch": hatch, "edgecolor": _PAPER if hatch else "none", "lw": 0}


def _filled(trace: Any) -> dict[str, Any]:
    return {"facecolor": _colour(trace.fillcolor), "edgecolor": "none", "lw": 0}


def _set_axis(panel: Axes, which: _Which, axis: Any) -> None:
    """Scale, range, ticks and name of one axis."""
    on: Any = panel.xaxis if which == "x" else panel.yaxis
    is_log = axis.type == "log"
    if is_log:
        (panel.set_xscale if which == "x" else panel.set_yscale)("log")
    if axis.range is not None:
        limits = [10**end for end in axis.range] if is_log else list(axis.range)
        (panel.set_xlim if which == "x" else panel.set_ylim)(*limits)
    elif axis.rangemode == "tozero":
        (panel.set_xlim if which == "x" else panel.set_ylim)(0)
    if axis.tickvals is not None:
        on.set_ticks(list(axis.tickvals), [_text(told) for told in axis.ticktext])
        on.set_minor_locator(NullLocator())
    else:
        on.set_major_locator(MaxNLocator(axis.nticks, steps=[1, 2, 5, 10]))
        on.set_major_formatter(lambda value, _: brief(round(value, 10)))
    _dress(panel, which, axis)


def _match(panels: Mapping[tuple[str, str], Axes], plot: go.Figure) -> None:
    """One range for all x axes that share it."""
    masters = {_axis(plot, x).matches for x, _ in panels}
    matched = [panel for (x, _), panel in panels.items() if x in masters or _axis(plot, x).matches]
    limits = np.array([panel.get_xlim() for panel in matched])
    for panel in matched:
        panel.set_xlim(limits[:, 0].min(), limits[:, 1].max())


def _dress(panel: Axes, which: _Which, axis: Any) -> None:
    """Grid, lines and text as on the page, in ink."""
    sides = {"x": ("bottom", "top"), "y": ("left", "right")}[which]
    for side in sides:
        panel.spines[side].set_visible(bool(axis.showline) and side == sides[0])
        panel.spines[side].set_color(TEXT)
    panel.tick_params(which, color=TEXT, labelcolor=_INK, length=0 if axis.ticks == "" else 3)
    panel.tick_params(which, which="minor", length=0)
    if axis.showgrid is not False:
        panel.grid(axis=which, color="#e3e3e3", linewidth=0.7)
    panel.set_axisbelow(True)
    if axis.zeroline:
        (panel.axvline if which == "x" else panel.axhline)(0, color=TEXT, linewidth=0.8, zorder=1)
    if axis.showticklabels is False:
        panel.tick_params(which, labelbottom=False, labelleft=False)
    if axis.side == "top":
        panel.xaxis.tick_top()
        turned = {"rotation": -axis.tickangle, "ha": "left"} if axis.tickangle else {}
        for label in panel.get_xticklabels():
            label.set(**turned)
    if axis.title.text:
        (panel.set_xlabel if which == "x" else panel.set_ylabel)(_text(axis.title.text), color=_INK)


def _draw_titles(canvas: Canvas, plot: go.Figure, height: float) -> float:
    """Titles of the plots; how many pixels those of the uppermost need above the canvas."""
    room = 0.0
    for note in plot.layout.annotations:
        text, size = _text(note.text), (note.font.size or 12) * _POINTS
        canvas.text(
            note.x, note.y + 4 / height, text, ha=note.xanchor, va="bottom", size=size, color=_INK, linespacing=1.1
        )
        if note.y >= 1:
            room = max(room, 4 + (text.count("\n") + 1) * (note.font.size or 12) * 1.25)
    return room


def _draw_legend(canvas: Canvas, plot: go.Figure, above: float, height: float) -> float:
    """The legend above the plots; the pixels that it needs."""
    named = [trace for trace in plot.data if trace.name and trace.showlegend is not False and len(trace.x)]
    if not plot.layout.showlegend or not named:
        return 0.0
    longest = max(len(_text(trace.name)) for trace in named)
    columns = max(1, min(len(named), int(_WIDTH / (longest * _LETTER + _SAMPLE))))
    canvas.legend(
        [_handle(trace) for trace in named],
        [_text(trace.name) for trace in named],
        loc="lower left",
        bbox_to_anchor=(0, 1 + above + 4 / height),
        ncols=columns,
        frameon=False,
        borderaxespad=0,
        labelcolor=_INK,
        columnspacing=1.4,
        handletextpad=0.6,
    )
    return math.ceil(len(named) / columns) * _ROW + 6


def _handle(trace: Any) -> Any:
    """What stands for a trace in the legend."""
    if trace.type == "bar":
        return Patch(**_bar(trace))
    mode = trace.mode or "lines"
    style: Mapping[str, Any] = {"linestyle": "none"}
    if "lines" in mode:
        style = _line(trace)
    if "markers" in mode:
        style = {**_marker(trace), **style, "alpha": None}
    return Line2D([], [], **style)


def _numbers(values: Sequence[Any] | None) -> np.ndarray:
    """As floats; None, a gap, is NaN."""
    return np.array([math.nan if value is None else value for value in (() if values is None else values)], dtype=float)


def _colour(told: str | None) -> Any:
    """Of `#0072B2`, or of `rgba(0, 114, 178, 0.3)` and `rgb(0, 114, 178)`."""
    if told is None or not told.startswith("rgb"):
        return told or _INK
    parts = [float(part) for part in told[told.index("(") + 1 : -1].split(",")]
    return tuple(part / 255 for part in parts[:3]) + tuple(parts[3:])


def _text(told: str) -> str:
    """What plotly would show: without its markup, of which the figures use line breaks alone."""
    return html.unescape(str(told).replace("<br>", "\n"))
