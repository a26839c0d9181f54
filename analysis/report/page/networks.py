"""Networks as rows of the page's tables: one row per network, whatever the number of its trainings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.same_network import training_settings, trainings_of
from analysis.trials import Trials

Row = Mapping[str, Any]


@dataclass(frozen=True)
class FrontRow:
    """A network on the front.

    Attributes:
        members: its trainings that are on the front, which are equally good.
        others: how many complete trials that are not on the front trained it, too.
        scores: of these, the lowest and the highest; None where there are none.
    """

    members: tuple[Row, ...]
    others: int
    scores: tuple[float, float] | None

    @property
    def first(self) -> Row:
        return self.members[0]


@dataclass(frozen=True)
class BudgetRow:
    """The best network of one or several budgets.

    Attributes:
        limits: the budgets, in order.
        best: as in `recommended` of `report.json`.
        test: its scores on the untouched fold; None where they could not be had.
        trained: how many trials trained the candidate's network in another way.
    """

    limits: tuple[float, ...]
    best: Row
    test: Row | None
    trained: int


def front_rows(report: Row, complete: Trials) -> list[FrontRow]:
    """The front, members that trained the same network in one row."""
    members = {member["number"]: member for member in report["pareto"]}
    on_front = list(members)
    rows = []
    while members:
        first = members.pop(next(iter(members)))
        same = trainings_of(complete, first["params"])
        equal = [number for number in same if number in members and members[number]["values"] == first["values"]]
        folded = (first, *(members.pop(number) for number in equal))
        rest = complete.values[complete.score.name].loc[same.difference(on_front)]
        rows.append(FrontRow(folded, len(rest), (float(rest.min()), float(rest.max())) if len(rest) else None))
    return rows


def budget_rows(report: Row, complete: Trials, *, candidates: bool = False) -> list[BudgetRow]:
    """The best network of each budget; budgets with the same one, and the same candidate if asked, share a row."""
    cost = None if complete.cost is None else complete.cost.name
    tests = {member["number"]: member["test"] for member in report["pareto"]}
    rows: dict[str, BudgetRow] = {}
    for row in report["recommended"] or ():
        number = row["number"]
        if number is not None:
            candidate = row["candidate"]["params"] if candidates and row["try_candidate"] else None
            same = f"{number} {candidate}"
            limits = rows[same].limits if same in rows else ()
            trained = 0 if candidate is None else len(trainings_of(complete, candidate))
            rows[same] = BudgetRow((*limits, row["budget"][cost]), row, tests.get(number), trained)
    return list(rows.values())


def shared_settings(report: Row) -> dict[str, Any]:
    """What all trainings of a study share, as one says it; nothing of a table from elsewhere."""
    study, store = report["study"] or {}, report["store"] or {}
    told = {"epochs": study.get("epochs"), "batch": study.get("batch_size"), "precision": study.get("precision")}
    if study.get("crop"):
        told["crop"] = f"{study['crop'] / store['rate']:g} s"
    return {name: value for name, value in told.items() if value is not None}


def settings_of(params: Row, shared: Row) -> dict[str, Any]:
    """How a network was trained: what was drawn for it, and what all share."""
    return {**training_settings(params), **shared}
