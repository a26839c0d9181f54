"""Cells that several tables have."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.report.page.networks import settings_of
from analysis.report.page.numbers import in_unit
from analysis.report.page.table import Cell, Column, Details
from analysis.trials import Trials
from analysis.words import interval, network, score, settings, unit

Row = Mapping[str, Any]

_MEASURED = {
    "macro_auroc": "macro AUROC",
    "macro_auprc": "macro AUPRC",
    "macro_f1": "macro F1",
    "challenge_score": "challenge score",
    "ece": "ECE",
    "receptive_field": "receptive field [samples]",
    "train_seconds": "time to train [s]",
}


@dataclass(frozen=True)
class Unit:
    """What a column's numbers are read in.

    Attributes:
        name: MFLOPs.
        divisor: 1e6.
    """

    name: str
    divisor: float

    @classmethod
    def of(cls, values: Iterable[float], name: str) -> "Unit":
        """The prefix that suits most of the values of what `name` names."""
        return cls(*unit(list(values), name))

    @property
    def column(self) -> Column:
        return Column(self.name, True)

    def cell(self, *values: float | None) -> Cell:
        """One value, or several of which each is meant; empty where there is none."""
        return Cell(" or ".join(in_unit(value, self.divisor) for value in values), sort=values[0])


def cost_name(complete: Trials) -> str:
    """What budgets are made of; empty where no objective is a cost."""
    return "" if complete.cost is None else complete.cost.name


def count(n: int) -> Cell:
    return Cell(f"{n:,}", sort=n)


def doubted(value: float | None, ends: Sequence[float | None] | None = None) -> Cell:
    """A score with its interval below it."""
    if value is None:
        return Cell("n/a")
    return Cell(score(value), ends=interval(ends) if ends else "", sort=value)


def scored(told: Row, name: str) -> Cell:
    """What `name` names with its 95 % interval, of attributes or a test that hold both."""
    return doubted(told.get(name), told.get(f"{name}_ci95"))


def trained(params: Row, attrs: Row, shared: Row, notes: Sequence[str] = ()) -> Cell:
    """A network, with how it was trained and what was measured of it to open."""
    how = settings_of(params, shared)
    measured = {words: attrs[name] for name, words in _MEASURED.items() if attrs.get(name) is not None}
    told = tuple(f"{settings(values)}." for values in (how, measured) if values)
    return Cell(network(params), details=Details("training", told) if how else None, notes=tuple(notes))
