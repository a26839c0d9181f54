"""The Pareto front, with the trials behind it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.columns import group_text
from analysis.question import column_of
from analysis.report.figures.style import GREY, LINE, PALETTE, SYMBOLS, escaped, set_axes
from analysis.trials import Objective, Trials
from analysis.words import amount, score, shown, spoken

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
                "symbol": SYMBOLS[i % len(SYMBOLS)],
                "size": 9,
            },
            text=[_hover(complete, int(number)) for number in part.index],
            hovertemplate="%{text}<extra></extra>",
        )
    if other is not None:
        _draw_front(figure, complete, members, other)
    set_axes(figure, other, spoken(complete.score.name))
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


def _hover(complete: Trials, number: int) -> str:
    values = complete.values.loc[number].to_dict()
    lines = [
        f"trial {complete.label(number)}",
        f"{spoken(complete.score.name)} {score(values[complete.score.name])}",
        *(amount(values[o.name], o.name) for o in complete.objectives[1:]),
        *(f"{name} = {shown(value)}" for name, value in complete.drawn(number).items()),
    ]
    return "<br>".join(escaped(line) for line in lines)
