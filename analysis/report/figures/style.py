"""What the figures share: colours that everybody tells apart, axes, and text that stays text."""

import html
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.words import brief

# Okabe and Ito's palette: told apart by colour-blind readers too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
DASHES = ("solid", "dash", "dot", "dashdot")
# In the middle, so that all stand out from a white and from a black page.
GREY = "#999999"
LINE = "#7a7a7a"
TEXT = "#767676"
FAINT = "rgba(128, 128, 128, 0.2)"
CLEAR = "rgba(0, 0, 0, 0)"

_BOTTOM = 52  # pixels: ticks and the axis's name
_TOP = 64  # pixels: a row for plotly's buttons, and one of the legend
_LEGEND_AT = 8  # pixels above the plot
_NOT_OFFERED = ("select", "lasso", "zoomin", "zoomout", "autoscale")  # buttons, for which a phone has no room
_MOST_TICKS = 7
_NO_DECADES = 0.75  # an axis so short has round numbers
_LONGEST = 24  # letters of a name on an axis


def styled(figure: go.Figure, *, plot_height: int = 330, above: int = 0, legend: bool = True) -> go.Figure:
    """Axes, legend and text alike in every figure; nothing behind the marks, so that the page shows.

    Args:
        plot_height: pixels of the area that holds the marks.
        above: pixels between it and the legend, for titles and ticks on its upper side.
    """
    figure.update_layout(
        template=None,
        height=plot_height + _TOP + above + _BOTTOM,
        margin={"l": 56, "r": 16, "t": _TOP + above, "b": _BOTTOM},
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        font={"family": "system-ui, sans-serif", "size": 13, "color": TEXT},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "y": 1 + (_LEGEND_AT + above) / plot_height, "yanchor": "bottom"},
        legend_bgcolor=CLEAR,
        modebar={"bgcolor": CLEAR, "color": GREY, "remove": list(_NOT_OFFERED)},
        hovermode="closest",
        hoverlabel={"align": "left"},
    )
    axis = {
        "zeroline": False,
        "automargin": True,
        "showline": True,
        "linecolor": LINE,
        "showgrid": True,
        "gridcolor": FAINT,
    }
    axis |= {"title_font_size": 13, "title_standoff": 8}
    axis |= {"ticks": "outside", "tickcolor": LINE, "ticklen": 4, "nticks": 6}
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    return figure


def log_axis(values: Iterable[float], *, most: int = _MOST_TICKS) -> dict[str, Any]:
    """A log axis around these values above 0, with few ticks: decades, 1-2-5, or round numbers of a short one."""
    known = [value for value in values if value > 0]
    room = 10 ** max(0.04 * math.log10(max(known) / min(known)), 0.02)
    low, high = min(known) / room, max(known) * room
    ticks = log_ticks(low, high, most)
    ends = [math.log10(low), math.log10(high)]
    return {"type": "log", "range": ends, "tickvals": ticks, "ticktext": [brief(tick) for tick in ticks]}


def log_ticks(low: float, high: float, most: int = _MOST_TICKS) -> list[float]:
    """At most so many round numbers from low to high."""
    if math.log10(high / low) < _NO_DECADES:
        return _round_numbers(low, high, most)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks: list[float] = []
    for digits in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{digit}e{exponent}") for exponent in exponents for digit in digits]
        ticks = [tick for tick in ticks if low <= tick <= high]
        if len(ticks) <= most:
            return ticks
    return ticks[:: math.ceil(len(ticks) / most)]


def _round_numbers(low: float, high: float, most: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (power, 2 * power, 5 * power, 10 * power):
        ticks = [place * step for place in range(math.ceil(low / step), math.floor(high / step) + 1)]
        if len(ticks) <= most:
            break
    return [float(f"{tick:.6g}") for tick in ticks]


def rounded(values: Iterable[float | None], digits: int = 5) -> list[float | None]:
    """Numbers as short as a picture needs them; NaN, which JSON does not have, as None."""
    return [
        None if value is None or not math.isfinite(value) else _short(float(f"{value:.{digits}g}")) for value in values
    ]


def _short(value: float) -> float:
    return int(value) if value.is_integer() else value


def outline(x: Sequence[float], low: Sequence[float], high: Sequence[float]) -> dict[str, list[float | None]]:
    """The edge of a band, to be filled."""
    return {"x": rounded([*x, *reversed(x)]), "y": rounded([*low, *reversed(high)])}


def thinned(n: int, most: int) -> np.ndarray:
    """The places of all of `n` marks, or of so many drawn at random."""
    return np.sort(np.random.default_rng(0).permutation(n)[:most])


def see_through(colour: str, opacity: float) -> str:
    """A colour of the palette that lets through what lies behind it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Its rows by column name."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def escaped(told: str) -> str:
    """Text that plotly, which reads some HTML wherever it writes, shows as it is."""
    return html.escape(told, quote=False)


def name_on_axis(name: str) -> str:
    """A name that leaves room for the plot on a phone."""
    return escaped(name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…")


def file_name(name: str, column: str) -> str:
    """The figure `name` of one column, as a file may be called: pareto-train-optimizer."""
    return f"{name}-{re.sub(r'[^a-z0-9]+', '-', column.lower()).strip('-') or 'column'}"
