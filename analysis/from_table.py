"""The trials of a table from elsewhere."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.table import Table, is_blank, is_number
from analysis.trials import Direction, Objective, Trials

_STATE = "state"
_OURS, _OPTUNAS = ("params.", "attrs."), ("params_", "user_attrs_")
_MOSTLY = 0.75  # of the cells: then the others are no category but mistakes
_NUMBER = "number"
_FINISHED = frozenset({"complete", "completed", "finished", "done", "ok", "success", "succeeded"})
_NONE = frozenset({"none", "null"})
_INTERVAL = "_ci95"
_FEWEST = 2


@dataclass(frozen=True)
class Roles:
    """What the columns of a table are.

    Attributes:
        maximize, minimize: objectives; the first of all is the score that is explained.
        params: what was chosen for each trial; where none are named, columns that begin with `params.` or `params_`, as
            in our own tables and in Optuna's, without these beginnings.
        groups: columns whose values are compared.
        log: objectives on a log10 axis.
        runs: the column that says to which of several searches a trial belongs.
    """

    maximize: Sequence[str] = ()
    minimize: Sequence[str] = ()
    params: Sequence[str] = ()
    groups: Sequence[str] = ()
    log: Sequence[str] = ()
    runs: str | None = None

    @property
    def objectives(self) -> tuple[Objective, ...]:
        return tuple(
            Objective(name, direction, log=name in self.log)
            for names, direction in ((self.maximize, Direction.MAXIMIZE), (self.minimize, Direction.MINIMIZE))
            for name in names
        )


def trials_of(table: Table, roles: Roles) -> Trials:
    """The rows as trials, under their numbers if a column `number` has them, else under their lines in the file.

    A row without one of the objectives is no complete trial; nor is one whose column `state`, if there is one, says
    that it is not complete (Optuna's own table has it). A blank parameter is one that the trial does not have; `none`
    is a value. Without numbers, a column of text in which no value occurs twice names the trials.

    Raises:
        AnalysisError: a column is missing or has two roles, an objective holds what is no finite number, no two trials
            are complete, or all of them have the same score.
    """
    _check(roles)
    if not roles.params:
        table, roles = _unprefixed(table, roles)
    index = _index(table)
    values = pd.DataFrame(
        {one.name: table.numbers(one.name, positive=one.log) for one in roles.objectives}, index=index
    )
    params = {name: _typed(table, name) for name in roles.params}
    others = {name: _intervals(table, name) for name in _others(table, roles)}
    trials = Trials(
        objectives=roles.objectives,
        state=pd.Series(_states(table, roles, values), index=index, dtype=object),
        values=values,
        params=_frame(params, index),
        attrs=_frame(others, index),
        whole=frozenset(name for name, column in {**params, **others}.items() if _is_whole(column)),
        names=None if _NUMBER in others else _names(others, index),
    )
    _check_complete(table, trials)
    return trials


def unfinished(table: Table) -> np.ndarray | None:
    """True for the rows whose column `state` does not say that they are complete; None without such a column."""
    if _STATE not in table.cells:
        return None
    return np.array([state not in _FINISHED for state in _told_states(table)])


def _told_states(table: Table) -> list[str]:
    return [cell.rpartition(".")[2].lower() for cell in table.cells[_STATE]]


def _index(table: Table) -> pd.Index:
    if _NUMBER in table.cells and table.is_numeric(_NUMBER):
        numbers = table.numbers(_NUMBER)
        if _is_whole(numbers) and not np.isnan(numbers).any() and len(np.unique(numbers)) == len(numbers):
            return pd.Index(numbers.astype(int), name=_NUMBER)
    return pd.Index(table.lines, name=_NUMBER, dtype=int)


def _names(others: dict[str, np.ndarray], index: pd.Index) -> pd.Series | None:
    """The first column of text in which each row has a value of its own."""
    for column in others.values():
        if column.dtype == object and all(isinstance(cell, str) for cell in column) and len(set(column)) == len(column):
            return pd.Series(column, index, dtype=object)
    return None


def _unprefixed(table: Table, roles: Roles) -> tuple[Table, Roles]:
    """The parameters of a table of ours, or of Optuna's, all columns without the usual beginnings."""
    optunas = {_NUMBER, _STATE} <= set(table.names)
    begins = (_OURS, _OPTUNAS) if optunas else (_OURS,)
    params = [name for name in table.names if name.startswith(tuple(begin[0] for begin in begins))]
    names: dict[str, str] = {}
    for name in table.names if params else ():
        short = next((name.removeprefix(b) for begin in begins for b in begin if name.startswith(b)), name)
        if short not in table.cells and short not in names.values():
            names[name] = short
    named = replace(
        roles,
        maximize=[names.get(name, name) for name in roles.maximize],
        minimize=[names.get(name, name) for name in roles.minimize],
        groups=[names.get(name, name) for name in roles.groups],
        log=[names.get(name, name) for name in roles.log],
        runs=None if roles.runs is None else names.get(roles.runs, roles.runs),
        params=[names.get(name, name) for name in params],
    )
    return replace(table, cells=table.cells.rename(columns=names)), named


def _check(roles: Roles) -> None:
    if not roles.objectives:
        raise AnalysisError("name what was made large or small, with --maximize COLUMN or --minimize COLUMN")
    named = Counter([*roles.maximize, *roles.minimize, *roles.params])
    twice = [name for name, count in named.items() if count > 1]
    if twice:
        raise AnalysisError(f"the column {twice[0]!r} has two roles; it is one objective or one parameter")
    stray = [name for name in roles.log if name not in {*roles.maximize, *roles.minimize}]
    if stray:
        raise AnalysisError(f"--log names {stray[0]!r}, which is no objective; name it with --minimize or --maximize")


def _others(table: Table, roles: Roles) -> list[str]:
    """Groups and runs, which must be there, and what else the table holds."""
    wanted = [*roles.groups, *([] if roles.runs is None else [roles.runs])]
    for name in wanted:
        table.column(name)
    taken = {*(one.name for one in roles.objectives), *roles.params, _STATE, ""}
    return [name for name in table.names if name not in taken]


def _states(table: Table, roles: Roles, values: pd.DataFrame) -> list[str]:
    has = values.notna().all(axis=1).to_numpy()
    named = {*(one.name for one in roles.objectives), *roles.params}
    told = _told_states(table) if _STATE in table.cells and _STATE not in named else ["complete"] * len(has)
    return [
        state if state not in _FINISHED else "complete" if values_are_there else "unfinished"
        for state, values_are_there in zip(told, has, strict=True)
    ]


def _check_complete(table: Table, trials: Trials) -> None:
    complete = trials.complete()
    if len(complete) < _FEWEST:
        raise AnalysisError(
            f"{table.source} has {len(complete)} complete trial{'s' * (len(complete) != 1)} in {len(trials)} "
            f"line{'s' * (len(trials) != 1)}; at least {_FEWEST} are needed, each with "
            f"{' and '.join(map(str, complete.values))}{_unknown_states(trials)}"
        )
    score = complete.values[complete.score.name]
    if score.nunique() == 1:
        raise AnalysisError(
            f"all {len(complete)} complete trials of {table.source} have {complete.score.name} {score.iloc[0]:g}; "
            "there is nothing to explain: is it the right column?"
        )


def _unknown_states(trials: Trials) -> str:
    others = sorted(set(trials.state) - {"complete", "unfinished"})
    return f"; the column {_STATE} says {', '.join(others[:3])}, where complete is expected" if others else ""


def _intervals(table: Table, name: str) -> np.ndarray:
    """A column of intervals as our own tables write them, [low, high]; any other as it is."""
    column = _typed(table, name, strict=False)
    if not name.endswith(_INTERVAL) or column.dtype != object:
        return column
    read = np.empty(len(column), dtype=object)
    read[:] = [_interval(cell) for cell in column]
    return read


def _interval(cell: object) -> object:
    try:
        ends = json.loads(cell) if isinstance(cell, str) else None
    except ValueError:
        ends = None
    both = isinstance(ends, list) and len(ends) == 2 and all(isinstance(end, int | float) for end in ends)
    return ends if both else float("nan")


def _typed(table: Table, name: str, *, strict: bool = True) -> np.ndarray:
    """Numbers as floats; text with `none` as None and NaN where the cell is blank; numbers beside `none` as numbers.

    Args:
        strict: whether cells that spoil a column of numbers are an error, or make it one of text.
    """
    cells = table.column(name)
    is_none = cells.str.lower().isin(_NONE).to_numpy()
    beside = table.without(is_none)
    numeric = np.array([is_number(cell, finite=not strict) for cell in beside.column(name)], dtype=bool)
    filled = np.array([not is_blank(cell) for cell in beside.column(name)], dtype=bool)
    spoilt = filled.any() and _MOSTLY <= numeric[filled].mean() < 1
    if (numeric[filled].all() or spoilt) and (strict or not spoilt):
        numbers = beside.numbers(name)
        if not is_none.any():
            return numbers
        typed = np.empty(len(cells), dtype=object)
        typed[~is_none], typed[is_none] = numbers, None
        return typed
    typed = np.array([float("nan") if is_blank(cell) else cell for cell in cells], dtype=object)
    typed[is_none] = None
    return typed


def _frame(columns: dict[str, np.ndarray], index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(column, index, column.dtype) for name, column in columns.items()}, index=index)


def _is_whole(column: np.ndarray) -> bool:
    """Whether it holds integers alone."""
    if column.dtype == object:
        return False
    told = column[~np.isnan(column)]
    return bool(len(told)) and bool((told == np.round(told)).all()) and bool(np.abs(told).max() < 2**53)
