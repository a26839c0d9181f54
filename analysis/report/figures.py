"""The report's figures as plotly graph objects."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.columns import is_present
from analysis.question import column_of
from analysis.trials import Objective, Trials
from analysis.words import amount, score, shown, spoken

# Okabe and Ito's palette: told apart by colour-blind readers too.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
_GREY = "#999999"
_LINE = "#555555"
_OTHERS = "others"
_MOST_POINTS = 5_000  # with all their parameters to hover over; a page of 100,000 would not open


def pareto_figure(report: dict[str, Any], complete: Trials) -> go.Figure:
    """Score against cost: the complete trials, and the front."""
    figure = go.Figure()
    members = [member["number"] for member in report["pareto"]]
    cost = complete.cost or complete.score
    shown_trials = _thinned(complete, members)
    for i, (name, part) in enumerate(_groups(report, shown_trials)):
        figure.add_scatter(
            x=part[cost.name],
            y=part[complete.score.name],
            mode="markers",
            name=name,
            marker={
                "color": _GREY if name == _OTHERS else _PALETTE[i % len(_PALETTE)],
                "symbol": _SYMBOLS[i % len(_SYMBOLS)],
                "size": 9,
            },
            text=[_hover(complete, int(number)) for number in part.index],
            hovertemplate="%{text}<extra></extra>",
        )
    front = complete.values.loc[members]
    figure.add_scatter(
        x=front[cost.name],
        y=front[complete.score.name],
        mode="lines",
        name="Pareto front",
        line={"color": _LINE, "shape": "hv", "width": 2},
        hoverinfo="skip",
    )
    _axes(figure, cost, spoken(complete.score.name))
    return figure


def importance_figure(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Permutation importance with its interval; the rank correlation by its colour and beside the name."""
    ranked = list(reversed(rows))
    correlation = [row["spearman"] for row in ranked]
    value = np.array([row["permutation"] for row in ranked])
    ends = np.array([row["permutation_ci95"] for row in ranked], dtype=float)
    figure = go.Figure(
        go.Bar(
            x=value,
            y=[_with_sign(row["param"], row["spearman"]) for row in ranked],
            orientation="h",
            marker={"color": ["#888888" if c is None else _PALETTE[0] if c > 0 else _PALETTE[1] for c in correlation]},
            error_x={"array": ends[:, 1] - value, "arrayminus": value - ends[:, 0], "color": _LINE, "thickness": 1},
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    figure.update_layout(xaxis_title="fall of R² on held-out trials when shuffled", margin={"l": 190})
    return figure


def _with_sign(param: str, correlation: float | None) -> str:
    return param if correlation is None else f"{param} (ρ {correlation:+.2f})"


def law_figure(law: dict[str, Any], complete: Trials) -> go.Figure:
    """The compute frontier and the power law through it."""
    assert complete.cost is not None
    x, y = np.array(law["points"]["x"]), np.array(law["points"]["y"])
    figure = go.Figure()
    figure.add_scatter(x=x, y=y, mode="markers", name="best of each bin", marker={"color": _PALETTE[0], "size": 10})
    line = np.geomspace(x.min(), x.max(), 50)
    figure.add_scatter(
        x=line,
        y=law["params"]["A"] * line ** -law["params"]["alpha"],
        mode="lines",
        name=f"A · {spoken(law['x'])}^{-law['params']['alpha']:.2f}",
        line={"color": _LINE},
    )
    _axes(figure, complete.cost, spoken(law["y"].split(",")[0]), log=True)
    figure.update_yaxes(type="log")
    return figure


def edf_figure(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Which share of the trials of each part of the space has at most a given error."""
    figure = go.Figure()
    for i, row in enumerate(rows):
        figure.add_scatter(
            x=row["x"],
            y=row["share"],
            mode="lines",
            name=f"{row['value']} ({row['n']})",
            line={"shape": "hv", "color": _PALETTE[i % len(_PALETTE)], "dash": ("solid", "dash", "dot")[i // 2 % 3]},
        )
    figure.update_xaxes(title=spoken(rows[0]["error"]))
    figure.update_yaxes(title="share of the networks with at most this error", range=[0, 1.02])
    return figure


def _thinned(complete: Trials, members: Sequence[int]) -> Trials:
    """All trials, or so many that a page can hold: the front and a random sample of the rest."""
    if len(complete) <= _MOST_POINTS:
        return complete
    keep = np.random.default_rng(0).permutation(complete.state.index)[:_MOST_POINTS]
    return complete.where(pd.Series(complete.state.index.isin([*keep, *members]), complete.state.index))


def _groups(report: dict[str, Any], complete: Trials) -> list[tuple[str, pd.DataFrame]]:
    """The trials by the first column to group by, the largest groups on their own."""
    names = list(report["pareto_by"])
    column = column_of(complete, names[0]) if names else None
    if column is None:
        return [("trials", complete.values)]
    text = column.where(is_present(column)).map(str, na_action="ignore").fillna(_OTHERS)
    largest = [value for value in text.value_counts().index if value != _OTHERS][: len(_PALETTE)]
    grouped = text.where(text.isin(largest), _OTHERS)
    present = [value for value in (*sorted(largest), _OTHERS) if (grouped == value).any()]
    return [(value, complete.values[grouped == value]) for value in present]


def _axes(figure: go.Figure, x: Objective, y: str, *, log: bool = False) -> None:
    title = "FLOPs per forward pass of one record" if x.name == "flops" else spoken(x.name)
    figure.update_xaxes(title=title, type="log" if x.log or log else "linear", tickformat="~s")
    figure.update_yaxes(title=y)


def _hover(complete: Trials, number: int) -> str:
    values = complete.values.loc[number].to_dict()
    lines = [
        f"trial {number}",
        f"{spoken(complete.score.name)} {score(values[complete.score.name])}",
        *(amount(values[o.name], o.name) for o in complete.objectives[1:]),
        *(f"{name} = {shown(value)}" for name, value in complete.drawn(number).items()),
    ]
    return "<br>".join(line.replace("<", "&lt;") for line in lines)
