"""How the best error falls with cost: the law, what it was fitted to, and what it was not shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.error_rate import error_rate
from analysis.laws.status import Status
from analysis.report.figures.figure import Figure
from analysis.report.figures.style import (
    GREY,
    PALETTE,
    escaped,
    log_axis,
    outline,
    rounded,
    see_through,
    styled,
    thinned,
)
from analysis.trials import Trials
from analysis.words import amount, counted, falling_power, score, spoken

_MOST_TRIALS = 2_000
_OFFSET = "power-offset"


@dataclass(frozen=True)
class _Frontier:
    """The first law of a report, and the points that it was fitted to.

    Attributes:
        points: x, y, held_out (whether it is one of the largest, kept from the law that is judged) and predicted.
    """

    law: dict[str, Any]
    points: pd.DataFrame

    @property
    def believed(self) -> bool:
        return bool(self.law["status"] == Status.CONVERGED)

    @property
    def held_out(self) -> pd.DataFrame:
        return self.points[self.points["held_out"] & self.believed]


def law_figures(report: dict[str, Any], complete: Trials) -> list[Figure]:
    """The frontier of cost, and the laws that are believed; nothing where there are too few points."""
    laws = report["laws"] or ()
    if not laws or not laws[0]["params"]:
        return []
    frontier = _Frontier(laws[0], _points(laws[0]))
    curves = [law for law in laws if law["form"] == _OFFSET and law["status"] == Status.CONVERGED and law["band"]]
    trials = _trials(complete)
    plot = _plot(frontier, curves, trials)
    cost = spoken(frontier.law["x"])
    title = f"How the best error falls with {cost}" if frontier.believed else f"The best error and {cost}: no law here"
    return [Figure("law", title, _told(frontier, curves), plot, _data(frontier, curves, trials))]


def _points(law: dict[str, Any]) -> pd.DataFrame:
    points = pd.DataFrame(law["points"])
    points["predicted"] = np.nan
    points.loc[points.index[len(points) - len(law["predicted"]) :], "predicted"] = law["predicted"]
    points["held_out"] = points["predicted"].notna()
    return points


def _trials(complete: Trials) -> pd.DataFrame:
    """Cost and error of those that have a logarithm."""
    error = error_rate(complete)
    assert complete.cost is not None
    assert error is not None
    table = pd.DataFrame(
        {
            "trial": complete.labels(),
            "x": complete.values[complete.cost.name].to_numpy(dtype=float),
            "y": error.values,
        }
    )
    return table[(table["x"] > 0) & (table["y"] > 0)]


def _plot(frontier: _Frontier, curves: Sequence[dict[str, Any]], trials: pd.DataFrame) -> go.Figure:
    plot = go.Figure()
    faint = trials.iloc[thinned(len(trials), _MOST_TRIALS)]
    plot.add_scatter(
        x=rounded(faint["x"], 4),
        y=rounded(faint["y"], 4),
        mode="markers",
        name=f"trials ({len(trials):,})",
        marker={"color": GREY, "size": 5, "opacity": 0.35},
        hoverinfo="skip",
    )
    if frontier.believed:
        _draw_law(plot, frontier.law, PALETTE[0], "solid")
    for law in curves:
        _draw_law(plot, law, PALETTE[2], "dashdot")
    _draw_points(plot, frontier)
    styled(plot)
    plot.update_xaxes(title=escaped(spoken(frontier.law["x"])), **log_axis(trials["x"]))
    plot.update_yaxes(title=escaped(spoken(frontier.law["y"].split(",")[0])), **log_axis(trials["y"]))
    return plot


def _draw_law(plot: go.Figure, law: dict[str, Any], colour: str, dash: str) -> None:
    band = law["band"]
    edge = outline(band["x"], band["low"], band["high"])
    plot.add_scatter(
        **edge, fill="toself", fillcolor=see_through(colour, 0.18), mode="none", showlegend=False, hoverinfo="skip"
    )
    plot.add_scatter(
        x=rounded(band["x"]),
        y=rounded(band["y"]),
        mode="lines",
        name=escaped(f"{_formula(law)}, 95 % band"),
        line={"color": colour, "dash": dash, "width": 2.2},
        hoverinfo="skip",
    )


def _formula(law: dict[str, Any]) -> str:
    power = f"{spoken(law['x'])}^−{law['params']['alpha']:.2f}"
    return f"{score(law['params']['E'])} + A·{power}" if law["form"] == _OFFSET else f"A·{power}"


def _draw_points(plot: go.Figure, frontier: _Frontier) -> None:
    """Points of the fit filled; of a law that is believed those held out open, and dashed where the others put them."""
    held_out, kept = frontier.held_out, frontier.points.drop(frontier.held_out.index)
    x, y = frontier.law["x"], "%{y:.4f}<extra></extra>"
    hover = {"hovertemplate": escaped(f"{spoken(x)} ") + "%{x:.3s}: " + y}
    marker = {"color": PALETTE[1], "size": 9}
    plot.add_scatter(
        x=rounded(kept["x"]), y=rounded(kept["y"]), mode="markers", name="best of each bin", marker=marker, **hover
    )
    if held_out.empty:
        return
    plot.add_scatter(
        x=rounded(held_out["x"]),
        y=rounded(held_out["predicted"]),
        mode="lines+markers" if len(held_out) == 1 else "lines",
        name="predicted for them",
        line={"color": PALETTE[1], "dash": "dash", "width": 1.8},
        marker={"color": PALETTE[1], "symbol": "x", "size": 8},
        hoverinfo="skip",
    )
    plot.add_scatter(
        x=rounded(held_out["x"]),
        y=rounded(held_out["y"]),
        mode="markers",
        name="held out",
        marker={"symbol": "diamond-open", "color": PALETTE[1], "size": 11, "line": {"width": 2, "color": PALETTE[1]}},
        **hover,
    )


def _told(frontier: _Frontier, curves: Sequence[dict[str, Any]]) -> str:
    law = frontier.law
    first, last = frontier.points.iloc[0], frontier.points.iloc[-1]
    told = (
        f"The best error of {counted(law['n'], 'bin')} of {spoken(law['x'])}, from {score(first.y)} at "
        f"{amount(first.x, law['x'])} to {score(last.y)} at {amount(last.x, law['x'])}. "
    )
    if frontier.believed:
        power = falling_power(law["params"]["alpha"], law["ci95"]["alpha"])
        told += f"It falls as {spoken(law['x'])} to the power {power}."
    else:
        told += f"No power law is believed, and no line is drawn: {law['reason']}."
    if len(frontier.held_out):
        told += (
            f" Of the largest, held out: {counted(len(frontier.held_out), 'point')}, off by "
            f"{law['holdout']['error']:.1%} on average; no better than the best so far would be off by "
            f"{law['holdout']['baseline_error']:.1%}."
        )
    for other in curves:
        told += f" With an offset it levels off at {score(other['params']['E'])}."
    return told


def _data(frontier: _Frontier, curves: Sequence[dict[str, Any]], trials: pd.DataFrame) -> pd.DataFrame:
    """All marks in one table: what each is, where, and for curves the ends of the band."""
    parts = [
        trials.assign(kind="trial"),
        frontier.points.drop(columns="held_out").assign(kind=np.where(frontier.points["held_out"], "held out", "best")),
    ]
    drawn = [*([frontier.law] if frontier.believed else []), *curves]
    parts += [pd.DataFrame(law["band"]).assign(kind=f"{law['form']} law") for law in drawn]
    table = pd.concat(parts, ignore_index=True)
    columns = ["kind", "trial", "x", "y", "low", "high", "predicted"]
    return table.reindex(columns=columns).rename(columns={"x": frontier.law["x"], "y": "error"})
