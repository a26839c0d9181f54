"""The Pareto front, with the trials behind it and the scores on the untouched fold beside it."""

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.columns import group_text
from analysis.question import column_of
from analysis.report.figures.figure import Figure
from analysis.report.figures.style import (
    DASHES,
    GREY,
    LINE,
    PALETTE,
    SYMBOLS,
    escaped,
    file_name,
    log_axis,
    rounded,
    styled,
    thinned,
)
from analysis.trials import Objective, Trials
from analysis.words import amount, counted, listed, network, score, shown, spoken

_OTHERS, _ALL = "others", "trials"
_MOST_POINTS = 2_500  # with their networks to hover over, in each of several figures
_HOVER_LETTERS = 46  # in a line, which a phone can show


@dataclass(frozen=True)
class _Plane:
    """Where trials are drawn.

    Attributes:
        across: the objective on the x axis; None where they are drawn in their order.
        column: what they are grouped by; None of one group.
        table: one row per trial: trial, group, x, y, low, high, test, test_low, test_high, front, group_front.
    """

    complete: Trials
    across: Objective | None
    column: str | None
    table: pd.DataFrame

    @property
    def groups(self) -> list[str]:
        """By name, those that are too small for one of their own last."""
        return sorted(set(self.table["group"]), key=lambda group: (group == _OTHERS, group))

    @property
    def front(self) -> pd.DataFrame:
        return self.table[self.table["front"]].sort_values("x", kind="stable")

    @property
    def has_stairs(self) -> bool:
        """Whether a front is a line: with more than two objectives it is not."""
        return self.across is not None and len(self.complete.objectives) == 2


def pareto_figures(report: dict[str, Any], complete: Trials) -> list[Figure]:
    """One figure for each column that trials are grouped by, or one of all trials alike.

    The first is called `pareto`, the others `pareto-COLUMN`.
    """
    if not report["pareto"]:
        return []
    columns = list(report["pareto_by"] or ()) or [None]
    return [
        _pareto_figure(report, complete, column, file_name("pareto", column) if place and column else "pareto")
        for place, column in enumerate(columns)
    ]


def _pareto_figure(report: dict[str, Any], complete: Trials, column: str | None, name: str) -> Figure:
    across = complete.cost or next(iter(complete.objectives[1:]), None)
    plane = _Plane(complete, across, column, _table(report, complete, across, column))
    plot = go.Figure()
    drawn = _drawn(plane)
    for place, group in enumerate(plane.groups):
        _draw_trials(plot, plane, drawn[drawn["group"] == group], place)
    if plane.has_stairs and len(plane.groups) > 1:
        for place, group in enumerate(plane.groups):
            _draw_group_front(plot, plane, group, place)
    _draw_front(plot, plane)
    _draw_tests(plot, plane)
    styled(plot)
    _set_axes(plot, plane)
    title = "The Pareto front" if column is None else f"The Pareto front, by {spoken(column)}"
    return Figure(name, title, _told(plane), plot, _data(plane))


def _table(report: dict[str, Any], complete: Trials, across: Objective | None, column: str | None) -> pd.DataFrame:
    members = {member["number"]: member for member in report["pareto"]}
    fronts = (report["pareto_by"] or {}).get(column, {})
    table = pd.DataFrame(index=complete.state.index)
    table["trial"] = complete.labels()
    table["group"] = _groups(complete, column)
    table["x"] = np.asarray(table.index if across is None else complete.values[across.name], dtype=float)
    table["y"] = complete.values[complete.score.name]
    interval = f"{complete.score.name}_ci95"
    table["low"], table["high"] = _ends({n: one["attrs"].get(interval) for n, one in members.items()}, table.index)
    tests = {number: member["test"] or {} for number, member in members.items()}
    table["test"] = pd.Series({number: test.get(complete.score.name) for number, test in tests.items()}, dtype=float)
    table["test_low"], table["test_high"] = _ends({n: test.get(interval) for n, test in tests.items()}, table.index)
    table["front"] = table.index.isin(list(members))
    table["group_front"] = table.index.isin([number for front in fronts.values() for number in front["members"]])
    return table


def _ends(intervals: dict[int, Any], index: pd.Index) -> tuple[pd.Series, pd.Series]:
    """Lower and upper ends; NaN where there is no interval."""
    known = {number: interval for number, interval in intervals.items() if interval}
    low, high = (pd.Series({n: interval[end] for n, interval in known.items()}, dtype=float) for end in (0, 1))
    return low.reindex(index), high.reindex(index)


def _groups(complete: Trials, column: str | None) -> pd.Series:
    """The group of each trial; the smaller groups are one."""
    values = None if column is None else column_of(complete, column)
    if values is None:
        return pd.Series(_ALL, complete.state.index)
    text = group_text(values)
    largest = text.value_counts().index[: len(PALETTE)]
    return text.where(text.isin(largest), _OTHERS)


def _drawn(plane: _Plane) -> pd.DataFrame:
    """All trials, or so many that a page can hold: the front and a random sample of the rest."""
    kept = np.zeros(len(plane.table), dtype=bool)
    kept[thinned(len(plane.table), _MOST_POINTS)] = True
    return plane.table[kept | plane.table["front"]]


def _draw_trials(plot: go.Figure, plane: _Plane, part: pd.DataFrame, place: int) -> None:
    group = "" if part.empty else part["group"].iloc[0]
    n = int((plane.table["group"] == group).sum())
    plot.add_scatter(
        x=rounded(part["x"]),
        y=rounded(part["y"]),
        mode="markers",
        name=escaped(f"{group} ({n:,})"),
        marker={
            "color": GREY if group == _OTHERS else PALETTE[place % len(PALETTE)],
            "symbol": SYMBOLS[place % len(SYMBOLS)],
            "size": 8 if len(plane.table) < 1000 else 5,
            "opacity": 0.7 if len(plane.table) < 1000 else 0.45,
        },
        text=[_hover(plane.complete, int(number)) for number in part.index],
        hovertemplate="%{text}<extra></extra>",
    )


def _hover(complete: Trials, number: int) -> str:
    """The trial, what it reached, and the whole network with its training."""
    values, params = complete.values.loc[number].to_dict(), complete.drawn(number)
    own = f"{params.get('family')}."
    training = ", ".join(
        f"{name} {shown(value)}" for name, value in params.items() if name != "family" and not name.startswith(own)
    )
    shape = network({name: value for name, value in params.items() if name == "family" or name.startswith(own)})
    lines = [
        f"trial {complete.label(number)}",
        f"{spoken(complete.score.name)} {score(values[complete.score.name])}",
        *(amount(values[objective.name], objective.name) for objective in complete.objectives[1:]),
        *(textwrap.wrap(shape, _HOVER_LETTERS) if "family" in params else ()),
        *textwrap.wrap(training, _HOVER_LETTERS),
    ]
    return "<br>".join(escaped(line) for line in lines)


def _draw_group_front(plot: go.Figure, plane: _Plane, group: str, place: int) -> None:
    part = plane.table[plane.table["group_front"] & (plane.table["group"] == group)].sort_values("x", kind="stable")
    if group == _OTHERS or len(part) < 2:
        return
    line = {"color": PALETTE[place % len(PALETTE)], "dash": DASHES[place % len(DASHES)], "width": 1.3}
    plot.add_scatter(
        x=rounded(part["x"]),
        y=rounded(part["y"]),
        mode="lines",
        line=line | {"shape": _shape(plane)},
        name=escaped(group),
        showlegend=False,
        hoverinfo="skip",
    )


def _shape(plane: _Plane) -> str:
    """The staircase of what the front dominates."""
    assert plane.across is not None
    return "hv" if plane.across.sign < 0 else "vh"


def _draw_front(plot: go.Figure, plane: _Plane) -> None:
    """A strong staircase through the members of two objectives, circles around those of others; their intervals."""
    front = plane.front
    sure = front["high"].notna().any()
    bars = {
        "array": rounded(front["high"] - front["y"], 3),
        "arrayminus": rounded(front["y"] - front["low"], 3),
        "color": LINE,
        "thickness": 1.2,
        "width": 3,
    }
    plot.add_scatter(
        x=rounded(front["x"]),
        y=rounded(front["y"]),
        mode="lines" if plane.has_stairs else "markers",
        name="Pareto front, 95 % interval" if sure else "Pareto front",
        line={"color": LINE, "width": 2.6} | ({"shape": _shape(plane)} if plane.has_stairs else {}),
        marker={"symbol": "circle-open", "size": 13, "color": LINE},
        error_y=bars if sure else None,
        hoverinfo="skip",
    )


def _draw_tests(plot: go.Figure, plane: _Plane) -> None:
    """The score on the untouched fold at the same cost."""
    front = plane.front[plane.front["test"].notna()]
    if front.empty:
        return
    plot.add_scatter(
        x=rounded(front["x"]),
        y=rounded(front["test"]),
        mode="markers",
        name="on the untouched test fold",
        marker={"symbol": "diamond-open", "size": 10, "color": LINE, "line": {"width": 1.6, "color": LINE}},
        text=[escaped(_test_told(row)) for row in front.itertuples()],
        hovertemplate="%{text}<extra></extra>",
    )


def _test_told(row: Any) -> str:
    interval = "" if np.isnan(row.test_low) else f" ({score(row.test_low)} to {score(row.test_high)})"
    return f"trial {row.trial} on the test fold: {score(row.test)}{interval}"


def _set_axes(plot: go.Figure, plane: _Plane) -> None:
    across = plane.across
    plot.update_xaxes(title=escaped("trial" if across is None else spoken(across.name)), tickformat="~s")
    plot.update_yaxes(title=escaped(spoken(plane.complete.score.name)))
    if across is not None and across.log and (plane.table["x"] > 0).all():
        plot.update_xaxes(**log_axis(plane.table["x"]))


def _told(plane: _Plane) -> str:
    front, complete = plane.front, plane.complete
    name = spoken(complete.score.name)
    against = "in their order" if plane.across is None else f"against {spoken(plane.across.name)}"
    told = f"{name.capitalize()} of {counted(len(complete), 'trial')} {against}; {len(front)} of them on the front, "
    first, last = (_end(plane, front.iloc[place]) for place in (0, -1))
    told += f"trial {first}." if len(front) == 1 else f"from trial {first} to trial {last}."
    tests = front["test"].dropna()
    if len(tests):
        told += f" On the untouched fold they reach {score(tests.min())} to {score(tests.max())}."
    if plane.column is not None:
        counts = front["group"].value_counts()
        places = listed([f"{group} {n}" for group, n in counts.items()])
        told += f" Places on it by {spoken(plane.column)}: {places}."
    return told


def _end(plane: _Plane, row: Any) -> str:
    cost = "" if plane.across is None else f" at {amount(row.x, plane.across.name)}"
    return f"{row.trial} ({score(row.y)}{cost})"


def _data(plane: _Plane) -> pd.DataFrame:
    """The table under the names of its columns; without those that it does not need."""
    names = {"x": "trial_order" if plane.across is None else plane.across.name, "y": plane.complete.score.name}
    told = plane.table.drop(columns=[] if plane.column else ["group", "group_front"])
    empty = [name for name in ("low", "high", "test", "test_low", "test_high") if told[name].isna().all()]
    return told.drop(columns=empty).rename(columns=names | {"group": plane.column or "group"}).reset_index(drop=True)
