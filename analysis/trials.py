"""The trials of one or several studies as typed tables."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from storage.database import Database
from storage.studies import DIRECTIONS, OBJECTIVES, Study
from storage.trial_columns import Column, TrialColumns, read_columns, read_label_scores

STUDY, NUMBER = "study", "number"
COMPLEXITY = ("params", "flops", "receptive_field", "stages")  # attributes that follow from an architecture's numbers


class Direction(StrEnum):
    """Which way an objective is better."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


@dataclass(frozen=True)
class Objective:
    """What is made large or small.

    Attributes:
        log: whether it spans orders of magnitude, so that its axis is log10.
    """

    name: str
    direction: Direction
    log: bool = False

    @property
    def sign(self) -> float:
        """By what a value is multiplied so that larger is better."""
        return 1.0 if self.direction is Direction.MAXIMIZE else -1.0


@dataclass(frozen=True)
class Trials:
    """Trials as tables that share one index: the trial number, or a running number over several studies.

    Columns are numbers (float64 with NaN where a trial has no value, int64 where each has one) or objects; None is a
    value, NaN never is.

    Attributes:
        objectives: what the columns of `values` are; a search's score comes first.
        state: "complete", "pruned" (stopped early), "fail", "excluded", "running" or "waiting".
        values: one column per objective; NaN before a trial is complete.
        params: one column per parameter; NaN where another family was drawn.
        attrs: one column per user attribute; of several studies also `study` and `number`.
        whole: columns of `params` and `attrs` that hold integers, as floats where some trials have none.
        studies: their names, where there are several.
        names: of the trials, where they have any.
    """

    objectives: tuple[Objective, ...]
    state: pd.Series
    values: pd.DataFrame
    params: pd.DataFrame
    attrs: pd.DataFrame
    whole: frozenset[str] = field(default=frozenset())
    studies: tuple[str, ...] = ()
    names: pd.Series | None = None

    @property
    def score(self) -> Objective:
        """The objective that is explained: the first."""
        return self.objectives[0]

    @property
    def cost(self) -> Objective | None:
        """The objective that budgets are made of: the first that is minimised, if it is not the score itself."""
        return next((o for o in self.objectives[1:] if o.direction is Direction.MINIMIZE), None)

    @property
    def directions(self) -> list[Direction]:
        return [objective.direction for objective in self.objectives]

    @property
    def log_axes(self) -> tuple[bool, ...]:
        return tuple(objective.log for objective in self.objectives)

    def complete(self) -> "Trials":
        """The complete trials with finite values alone, without parameters that none of them has."""
        finite = pd.Series(np.isfinite(self.values.to_numpy()).all(axis=1), self.state.index)
        kept = self.where((self.state == "complete") & finite)
        return replace(kept, params=kept.params.loc[:, [_has_values(column) for _, column in kept.params.items()]])

    def where(self, keep: pd.Series) -> "Trials":
        """The trials for which `keep` is true."""
        return replace(
            self, state=self.state[keep], values=self.values[keep], params=self.params[keep], attrs=self.attrs[keep]
        )

    def drawn(self, number: int) -> dict[str, Any]:
        """The parameters of one trial; None is a value, for instance of a squeeze-excitation left out."""
        return self._row(self.params, number)

    def told(self, number: int) -> dict[str, Any]:
        """The attributes of one trial."""
        return self._row(self.attrs, number)

    def label(self, number: int) -> str:
        """How a trial is called: by its name, or its number, behind its study's name where there are several."""
        if self.names is not None:
            return str(self.names[number])
        told = self.told(number) if self.studies else {}
        return f"{told[STUDY]} {told[NUMBER]}" if told else str(number)

    def labels(self) -> list[str]:
        """How each trial is called, in their order."""
        if self.names is not None:
            return [str(name) for name in self.names[self.state.index]]
        if self.studies:
            return [f"{study} {number}" for study, number in zip(self.attrs[STUDY], self.attrs[NUMBER], strict=True)]
        return [str(number) for number in self.state.index]

    def value(self, number: int, objective: Objective) -> float:
        """What one trial reached."""
        reached: Any = self.values.at[number, objective.name]
        return float(reached)

    def _row(self, table: pd.DataFrame, number: int) -> dict[str, Any]:
        values: dict[str, Any] = {str(name): column.at[number] for name, column in table.items()}
        return {
            name: _as_python(value, whole=name in self.whole) for name, value in values.items() if not is_missing(value)
        }

    def __len__(self) -> int:
        return len(self.state)


STUDY_OBJECTIVES = tuple(
    Objective(name, Direction(direction), log=name == "flops")
    for name, direction in zip(OBJECTIVES, DIRECTIONS, strict=True)
)


def load_trials(database: Database, studies: Sequence[Study]) -> Trials:
    """All trials of the studies, one query per table of each; of several the rows are numbered anew.

    Raises:
        AnalysisError: no study, or the same one twice.
    """
    if not studies or len({study.name for study in studies}) < len(studies):
        named = ", ".join(study.name for study in studies) or "none"
        raise AnalysisError(f"name one or several different studies, but got {named}")
    tables = [tabulate(read_columns(database, study), STUDY_OBJECTIVES) for study in studies]
    return tables[0] if len(tables) == 1 else _together([study.name for study in studies], tables)


def load_label_scores(database: Database, studies: Sequence[Study], trials: Trials) -> pd.DataFrame:
    """The scores of the complete trials by label: number (the index of `trials`), label, n_positive, score."""
    tables = []
    for study in studies:
        scores = read_label_scores(database, study)
        table = pd.DataFrame(vars(scores))
        if len(studies) > 1:
            mine = trials.attrs[trials.attrs[STUDY] == study.name]
            table["number"] = table["number"].map(pd.Series(mine.index, index=mine[NUMBER]))
        tables.append(table)
    return pd.concat(tables, ignore_index=True).dropna(subset=["number"]).astype({"number": int})


def tabulate(columns: TrialColumns, objectives: tuple[Objective, ...]) -> Trials:
    """A study's columns as tables; rows are numbers, columns appear in the order of first use."""
    index = pd.Index(columns.numbers, name=NUMBER, dtype=int)
    params = {name: _column(column, index) for name, column in columns.params.items()}
    attrs = {name: _column(column, index) for name, column in columns.attrs.items()}
    values = {
        objective.name: _column(column, index).astype(float)
        for objective, column in zip(objectives, columns.objectives or [Column([], [])] * len(objectives), strict=True)
    }
    return Trials(
        objectives=objectives,
        state=pd.Series(columns.states, index=index, dtype=object),
        values=pd.DataFrame(values, index=index),
        params=pd.DataFrame(params, index=index),
        attrs=pd.DataFrame(attrs, index=index),
        whole=_whole(columns.params) | _whole(columns.attrs),
    )


def is_missing(value: object) -> bool:
    """Whether a trial has no such value; None is one."""
    return isinstance(value, float) and math.isnan(value)


def _column(column: Column, index: pd.Index) -> pd.Series:
    places = index.get_indexer(pd.Index(column.numbers, dtype=int))
    numbers = _as_numbers(column.values)
    if numbers is None:
        filled = np.full(len(index), np.nan, dtype=object)
        filled[places] = _objects(column.values)
    elif len(numbers) == len(index):
        filled = np.empty_like(numbers)
        filled[places] = numbers
    else:
        filled = np.full(len(index), np.nan)
        filled[places] = numbers
    return pd.Series(filled, index=index, dtype=filled.dtype)  # pandas would make a str of None and words


def _as_numbers(values: list[Any]) -> np.ndarray | None:
    """The values as one array of numbers or truth values; None where they are not."""
    kinds = set(map(type, values))
    if kinds == {int} and max(map(abs, values)) < 2**53:
        return np.array(values, dtype=np.int64)
    if kinds and kinds <= {int, float}:
        return np.array(values, dtype=float)
    return None


def _objects(values: list[Any]) -> np.ndarray:
    """An array of the values as they are, lists among them."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def _whole(columns: Mapping[str, Column]) -> frozenset[str]:
    return frozenset(name for name, column in columns.items() if set(map(type, column.values)) == {int})


def _has_values(column: pd.Series) -> bool:
    return not (column.map(is_missing).all() if column.dtype == object else column.isna().all())


def _as_python(value: Any, *, whole: bool) -> Any:
    if whole and isinstance(value, float | np.floating):
        return int(value)
    return value.item() if isinstance(value, np.generic) else value


def _together(names: Sequence[str], tables: Sequence[Trials]) -> Trials:
    """Several studies under one running index."""
    owner = np.repeat(np.array(names, dtype=object), [len(table) for table in tables])
    number = np.concatenate([table.state.index.to_numpy() for table in tables])
    attrs = _stacked(table.attrs for table in tables)
    attrs.insert(0, STUDY, owner)
    attrs.insert(1, NUMBER, number)
    return Trials(
        objectives=tables[0].objectives,
        state=_stacked(table.state.to_frame() for table in tables).iloc[:, 0],
        values=_stacked(table.values for table in tables),
        params=_stacked(table.params for table in tables),
        attrs=attrs,
        whole=_always_whole(tables) | {NUMBER},
        studies=tuple(names),
    )


def _stacked(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(tables), ignore_index=True)


def _always_whole(tables: Sequence[Trials]) -> frozenset[str]:
    """Columns that hold integers in every study that has them."""
    named = frozenset().union(*(table.whole for table in tables))
    return frozenset(
        name
        for name in named
        if all(name in t.whole for t in tables if name in t.params.columns or name in t.attrs.columns)
    )
