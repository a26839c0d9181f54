"""The trials of a table from elsewhere."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.table import Table, is_blank
from analysis.trials import Direction, Objective, Trials

_STATE = "state"
_PARAMS = ("params.", "params_")
_ATTRS = ("attrs.", "user_attrs_")
_FINISHED = frozenset({"complete", "completed", "finished"})
_NONE = frozenset({"none", "null"})
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
    """The rows as trials, numbered by their lines in the file.

    A row without one of the objectives is no complete trial; nor is one whose column `state`, if there is one, says
    that it is not complete (Optuna's own table has it). A blank parameter is one that the trial does not have; `none`
    is a value.

    Raises:
        AnalysisError: a column is missing or has two roles, an objective holds what is no finite number, no two trials
            are complete, or all of them have the same score.
    """
    _check(roles)
    if not roles.params:
        table, roles = _unprefixed(table, roles)
    index = pd.Index(table.lines, name="number", dtype=int)
    values = pd.DataFrame(
        {one.name: table.numbers(one.name, positive=one.log) for one in roles.objectives}, index=index
    )
    params = {name: _typed(table, name) for name in roles.params}
    others = {name: _typed(table, name) for name in _others(table, roles)}
    trials = Trials(
        objectives=roles.objectives,
        state=pd.Series(_states(table, roles, values), index=index, dtype=object),
        values=values,
        params=_frame(params, index),
        attrs=_frame(others, index),
        whole=frozenset(name for name, column in {**params, **others}.items() if _is_whole(column)),
    )
    _check_complete(table, trials)
    return trials


def _unprefixed(table: Table, roles: Roles) -> tuple[Table, Roles]:
    """The parameters of a table of ours, or of Optuna's, and their columns without the usual beginnings."""
    params = [name for name in table.names if name.startswith(_PARAMS)]
    names: dict[str, str] = {}
    for name in table.names if params else ():
        short = next((name.removeprefix(begin) for begin in _PARAMS + _ATTRS if name.startswith(begin)), name)
        if short not in table.cells and short not in names.values():
            names[name] = short
    cells = table.cells.rename(columns=names)
    return replace(table, cells=cells), replace(roles, params=[names.get(name, name) for name in params])


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
    told = values.notna().all(axis=1).to_numpy()
    named = {*(one.name for one in roles.objectives), *roles.params}
    if _STATE in table.cells and _STATE not in named:
        states = [cell.rpartition(".")[2].lower() for cell in table.cells[_STATE]]
        return [
            state if state not in _FINISHED else "complete" if has else "unfinished"
            for state, has in zip(states, told, strict=True)
        ]
    return ["complete" if has else "unfinished" for has in told]


def _check_complete(table: Table, trials: Trials) -> None:
    complete = trials.complete()
    if len(complete) < _FEWEST:
        raise AnalysisError(
            f"{table.source} has {len(complete)} complete trial{'s' * (len(complete) != 1)} in {len(trials)} "
            f"line{'s' * (len(trials) != 1)}; at least {_FEWEST} are needed, each with "
            f"{' and '.join(map(str, complete.values))}"
        )
    score = complete.values[complete.score.name]
    if score.nunique() == 1:
        raise AnalysisError(
            f"all {len(complete)} complete trials of {table.source} have {complete.score.name} {score.iloc[0]:g}; "
            "there is nothing to explain: is it the right column?"
        )


def _typed(table: Table, name: str) -> np.ndarray:
    """Numbers as floats; text with `none` as None and NaN where the cell is blank; numbers beside `none` as numbers."""
    if table.is_numeric(name):
        return table.numbers(name)
    cells = table.column(name)
    is_none = cells.str.lower().isin(_NONE)
    beside = Table(table.source, table.cells[~is_none], list(np.array(table.lines)[~is_none]))
    typed = np.empty(len(cells), dtype=object)
    typed[~is_none] = beside.numbers(name) if beside.is_numeric(name) else _words(beside.column(name))
    typed[is_none] = None
    return typed


def _words(cells: pd.Series) -> np.ndarray:
    return np.array([float("nan") if is_blank(cell) else cell for cell in cells], dtype=object)


def _frame(columns: dict[str, np.ndarray], index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(column, index, column.dtype) for name, column in columns.items()}, index=index)


def _is_whole(column: np.ndarray) -> bool:
    """Whether it holds integers alone."""
    if column.dtype == object:
        return False
    told = column[~np.isnan(column)]
    return bool(len(told)) and bool((told == np.round(told)).all()) and bool(np.abs(told).max() < 2**53)
