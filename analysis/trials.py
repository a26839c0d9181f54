"""The trials of a study as tables."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from storage.database import Database
from storage.studies import DIRECTIONS, OBJECTIVES, Study
from storage.trials import read_trials

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial


class Direction(StrEnum):
    """Which way an objective is better."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


@dataclass(frozen=True)
class Objective:
    name: str
    direction: Direction


@dataclass(frozen=True)
class Trials:
    """Trials as three tables that share one index, the trial number.

    Attributes:
        objectives: what the columns of `values` are.
        state: "complete", "pruned" (stopped early), "fail", "running" or "waiting".
        values: one column per objective; NaN before a trial is complete.
        params: one column per parameter, values as stored, None among them; NaN where another family was drawn.
        attrs: one column per user attribute, values as stored.
    """

    objectives: tuple[Objective, ...]
    state: pd.Series
    values: pd.DataFrame
    params: pd.DataFrame
    attrs: pd.DataFrame

    def complete(self) -> "Trials":
        """The complete trials alone, without columns that none of them has."""
        keep = (self.state == "complete") & self.values.notna().all(axis=1)
        return Trials(
            self.objectives,
            self.state[keep],
            self.values[keep],
            self.params[keep].loc[:, self.params[keep].map(_is_drawn).any()],
            self.attrs[keep],
        )

    def drawn(self, number: int) -> dict[str, Any]:
        """The parameters of one trial; None is a value, for instance of a squeeze-excitation left out."""
        return {str(name): value for name, value in self.params.loc[number].items() if _is_drawn(value)}

    def __len__(self) -> int:
        return len(self.state)


def _is_drawn(value: object) -> bool:
    return not (isinstance(value, float) and math.isnan(value))


def load_trials(database: Database, study: Study) -> Trials:
    """All trials of a study, by one query."""
    objectives = tuple(
        Objective(name, Direction(direction)) for name, direction in zip(OBJECTIVES, DIRECTIONS, strict=True)
    )
    return tabulate(read_trials(database, study), objectives)


def tabulate(rows: Sequence["FrozenTrial"], objectives: tuple[Objective, ...]) -> Trials:
    """Trials as tables; columns appear in the order of first use."""
    index = pd.Index([row.number for row in rows], name="number", dtype=int)
    names = [objective.name for objective in objectives]
    nothing = [float("nan")] * len(names)
    return Trials(
        objectives=objectives,
        state=pd.Series([row.state.name.lower() for row in rows], index=index, dtype=object),
        values=pd.DataFrame([row.values or nothing for row in rows], index=index, columns=names, dtype=float),
        params=pd.DataFrame([row.params for row in rows], index=index, dtype=object),
        attrs=pd.DataFrame([row.user_attrs for row in rows], index=index, dtype=object),
    )
