"""The report's figures as plotly graph objects."""

import html
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.columns import group_text
from analysis.laws.status import Status
from analysis.question import column_of
from analysis.trials import Objective, Trials
from analysis.words import amount, score, shown, spoken

# Okabe and Ito's palette: told apart by colour-blind readers too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
GREY = "#999999"
LINE = "#555555"
_OTHERS = "others"
_MOST_POINTS = 5_000  # with all their parameters to hover over; a page of 100,000 would not open


def pareto_figure(report: dict[str, Any], complete: Trials) -> go.Figure:
    """The score against the cost, the next objective, or the trials in their order; and the front."""
    figure = go.Figure()
    members = [member["number"] for member in report["pareto"]]
    other = complete.cost or next(iter(complete.objectives[1:]), None)
    for i, (name, part) in enumerate(_groups(report, _thinned(complete, members))):
        figure.add_scatter(
            x=part.index if other is None else part[other.name],
            y=part[complete.score.name],
            mode="markers",
            name=escaped(name),
            marker={
                "color": GREY if name == _OTHERS else PALETTE[i % len(PALETTE)],
                "symbol": _SYMBOLS[i % len(_SYMBOLS)],
                "size": 9,
            },
            text=[_hover(complete, int(number)) for number in part.index],
            hovertemplate="%{text}<extra></extra>",
        )
    if other is not None:
        _draw_front(figure, complete, members, other)
    _axes(figure, other, spoken(complete.score.name))
    return figure


def _draw_front(figure: go.Figure, complete: Trials, members: list[int], other: Objective) -> None:
    """A staircase through the members of two objectives; circles around those of more."""
    front = complete.values.loc[members].sort_values(other.name)
    two = len(complete.objectives) == 2
    figure.add_scatter(
        x=front[other.name],
        y=front[complete.score.name],
        mode="lines" if two else "markers",
        name="Pareto front",
        line={"color": LINE, "shape": "hv" if other.sign < 0 else "vh", "width": 2},
        marker={"symbol": "circle-open", "size": 14, "color": LINE},
        hoverinfo="skip",
    )


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
            marker={"color": ["#888888" if c is None else PALETTE[0] if c > 0 else PALETTE[1] for c in correlation]},
            error_x={"array": ends[:, 1] - value, "arrayminus": value - ends[:, 0], "color": LINE, "thickness": 1},
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    figure.update_layout(xaxis_title="fall of R² on held-out trials when shuffled", margin={"l": 190})
    return figure


def _with_sign(param: str, correlation: float | None) -> str:
    return escaped(param if correlation is None else f"{param} (ρ {correlation:+.2f})")


def law_figure(law: dict[str, Any], complete: Trials) -> go.Figure:
    """The compute frontier, and the power law through it if there is one."""
    assert complete.cost is not None
    x, y = np.array(law["points"]["x"]), np.array(law["points"]["y"])
    figure = go.Figure()
    figure.add_scatter(x=x, y=y, mode="markers", name="best of each bin", marker={"color": PALETTE[0], "size": 10})
    if law["status"] == Status.CONVERGED:
        line = np.geomspace(x.min(), x.max(), 50)
        figure.add_scatter(
            x=line,
            y=law["params"]["A"] * line ** -law["params"]["alpha"],
            mode="lines",
            name=escaped(f"A · {spoken(law['x'])}^{-law['params']['alpha']:.2f}"),
            line={"color": LINE},
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
            name=escaped(f"{row['value']} ({row['n']})"),
            line={"shape": "hv", "color": PALETTE[i % len(PALETTE)], "dash": ("solid", "dash", "dot")[i // 2 % 3]},
        )
    figure.update_xaxes(title=escaped(spoken(rows[0]["error"])))
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
    names = list(report["pareto_by"] or ())
    column = column_of(complete, names[0]) if names else None
    if column is None:
        return [("trials", complete.values)]
    text = group_text(column)
    largest = sorted(text.value_counts().index[: len(PALETTE)])
    parts = [(str(value), complete.values[text == value]) for value in largest]
    rest = complete.values[~text.isin(largest)]
    return [*parts, (_OTHERS, rest)] if len(rest) else parts


def _axes(figure: go.Figure, x: Objective | None, y: str, *, log: bool = False) -> None:
    title = "trial" if x is None else spoken(x.name)
    is_log = x is not None and (x.log or log)
    figure.update_xaxes(title=escaped(title), type="log" if is_log else "linear", tickformat="~s")
    figure.update_yaxes(title=escaped(y))


def _hover(complete: Trials, number: int) -> str:
    values = complete.values.loc[number].to_dict()
    lines = [
        f"trial {complete.label(number)}",
        f"{spoken(complete.score.name)} {score(values[complete.score.name])}",
        *(amount(values[o.name], o.name) for o in complete.objectives[1:]),
        *(f"{name} = {shown(value)}" for name, value in complete.drawn(number).items()),
    ]
    return "<br>".join(escaped(line) for line in lines)


def escaped(told: str) -> str:
    """Text that plotly, which reads some HTML wherever it writes, shows as it is."""
    return html.escape(told, quote=False)
