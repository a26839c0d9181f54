"""Two searches side by side."""

from functools import partial

from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, cost_name, doubted
from analysis.trials import Trials
from analysis.words import amount, network, spoken

_SIDES = ("first", "second")


def compared_budgets_table(report: Row, complete: Trials) -> Table:
    """The best of both for each budget."""
    compared = report["compared"] or {"budgets": (), "sides": ()}
    cost = cost_name(complete)
    fields: list[Field[Row]] = [(Column("at most", True), lambda row: Cell(amount(row["limit"], cost)))]
    for side, told in zip(_SIDES, compared["sides"], strict=False):
        fields.append((Column(f"{told['name']}: best trained"), partial(_network, side)))
        score = f"{told['name']}: {spoken(complete.score.name)}"
        fields.append((Column(score, True), partial(_score, side, complete.score.name)))
    return table_of("compared-budgets", "The best of both for each budget", compared["budgets"], fields)


def compared_settings_table(report: Row) -> Table:
    """What the two were told otherwise."""
    compared = report["compared"] or {"settings": (), "sides": ()}
    fields: list[Field[Row]] = [(Column("setting"), lambda row: Cell(row["name"]))]
    for side, told in zip(_SIDES, compared["sides"], strict=False):
        fields.append((Column(told["name"]), partial(_setting, side)))
    return table_of("compared-settings", "Settings that differ", compared["settings"], fields)


def _network(side: str, row: Row) -> Cell:
    return Cell(network(row[side]["params"]) if row[side] else "none was")


def _score(side: str, objective: str, row: Row) -> Cell:
    best = row[side]
    return doubted(best["values"][objective], best["ci95"]) if best else Cell()


def _setting(side: str, row: Row) -> Cell:
    return Cell(row[side])
