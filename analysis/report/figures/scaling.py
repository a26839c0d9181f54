"""How the parameters of the best networks move with cost."""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from analysis.laws.scaling import Movement, Scale
from analysis.report.figures.figure import Figure
from analysis.report.figures.style import (
    GREY,
    PALETTE,
    log_axis,
    name_on_axis,
    outline,
    rounded,
    see_through,
    styled,
)
from analysis.words import counted, listed, spoken

_MOST = 12
_PLOT_HEIGHT, _GAP = 130, 74  # pixels
_TICKS = 3
_DECADE = 10.0
_COLUMNS = 2
_MOVES = (Movement.UP, Movement.DOWN)


def scaling_figures(report: dict[str, Any]) -> list[Figure]:
    """A small plot for each rule that has enough points, those that move first; nothing without any."""
    rules = [rule for rule in report["scaling_rules"] or () if rule["band"]]
    rules = sorted(rules, key=lambda rule: rule["movement"] not in _MOVES)[:_MOST]
    if not rules:
        return []
    cost = spoken(report["laws"][0]["x"])
    data = pd.concat([_rows(rule) for rule in rules], ignore_index=True)
    return [Figure("scaling", f"What moves with {cost}", _told(rules, cost), _plot(rules, cost), data)]


def _plot(rules: Sequence[dict[str, Any]], cost: str) -> go.Figure:
    lines = math.ceil(len(rules) / _COLUMNS)
    total = lines * _PLOT_HEIGHT + (lines - 1) * _GAP
    plot = make_subplots(
        rows=lines,
        cols=_COLUMNS,
        horizontal_spacing=0.16,
        vertical_spacing=_GAP / total if lines > 1 else 0,
        subplot_titles=[f"{name_on_axis(rule['param'])}<br>{_moved(rule)}" for rule in rules],
    )
    for place, rule in enumerate(rules):
        _draw(plot, rule, divmod(place, _COLUMNS))
    styled(plot, plot_height=total, legend=False)
    plot.update_annotations(font={"size": 11})
    for column in range(1, min(_COLUMNS, len(rules)) + 1):
        plot.update_xaxes(title=cost, col=column, row=lines - (lines * _COLUMNS - len(rules) >= column == _COLUMNS))
    return plot


def _draw(plot: go.Figure, rule: dict[str, Any], place: tuple[int, int]) -> None:
    """The fitted line in its band, and the mean of the best of each bin; grey where it does not move."""
    at = {"row": place[0] + 1, "col": place[1] + 1}
    colour = PALETTE[0] if rule["movement"] in _MOVES else GREY
    band, points = rule["band"], rule["points"]
    edge = outline(band["x"], band["low"], band["high"])
    plot.add_scatter(**edge, fill="toself", fillcolor=see_through(colour, 0.2), mode="none", hoverinfo="skip", **at)
    dash = "solid" if rule["movement"] in _MOVES else "dot"
    line = {"color": colour, "width": 2, "dash": dash}
    plot.add_scatter(x=rounded(band["x"]), y=rounded(band["y"]), mode="lines", line=line, hoverinfo="skip", **at)
    plot.add_scatter(
        x=rounded(points["x"]),
        y=rounded(points["y"]),
        mode="markers",
        marker={"color": colour, "size": 7},
        hovertemplate="%{x:.3s}: %{y:.3~g}<extra></extra>",
        **at,
    )
    plot.update_xaxes(**log_axis(band["x"], most=_TICKS), **at)
    if rule["scale"] == Scale.FACTOR:
        plot.update_yaxes(**log_axis([*points["y"], *band["low"], *band["high"]], most=_TICKS + 1), **at)


def _moved(rule: dict[str, Any]) -> str:
    """For ten times the cost, or for twice where less than ten times was tried."""
    if rule["movement"] not in _MOVES:
        return "no clear movement"
    x = rule["points"]["x"]
    decades = 1.0 if max(x) / min(x) >= _DECADE else math.log10(2)
    per = "10×" if decades == 1 else "2×"
    if rule["scale"] == Scale.FACTOR:
        value, low, high = (told**decades for told in (rule["per_decade"], *rule["ci95"]))
        return f"×{value:.2g} ({low:.2g} to {high:.2g}) for {per}"
    value, low, high = (told * decades for told in (rule["per_decade"], *rule["ci95"]))
    return f"{value:+.2g} ({low:+.2g} to {high:+.2g}) for {per}"


def _told(rules: Sequence[dict[str, Any]], cost: str) -> str:
    moving = [rule for rule in rules if rule["movement"] in _MOVES]
    told = f"How {counted(len(rules), 'parameter')} of the best tenth of the networks move with {cost}. "
    if moving:
        told += "; ".join(f"{rule['param']} {_moved(rule)} the {cost}, n = {rule['n']:,}" for rule in moving) + "."
    still = [rule["param"] for rule in rules if rule["movement"] not in _MOVES]
    return told + (f" No movement shows in {listed(still)}." if still else "")


def _rows(rule: dict[str, Any]) -> pd.DataFrame:
    parts = [
        pd.DataFrame(rule["points"]).assign(kind="mean of the best"),
        pd.DataFrame(rule["band"]).assign(kind="line"),
    ]
    table = pd.concat(parts, ignore_index=True).assign(parameter=rule["param"], movement=rule["movement"])
    return table.reindex(columns=["parameter", "movement", "kind", "x", "y", "low", "high"]).rename(
        columns={"x": "cost", "y": "value"}
    )
