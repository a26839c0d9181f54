"""How long workers trained, by what became of it."""

from analysis.report.page.numbers import in_unit
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row
from analysis.words import time_unit


def spent_table(report: Row) -> Table:
    """What took no time is left out."""
    spent = {cause: seconds for cause, seconds in (report["spent"] or {}).items() if seconds}
    unit, divisor = time_unit(sum(spent.values()))
    fields: list[Field[str]] = [
        (Column("what became of it"), Cell),
        (Column(f"worker {unit}", True), lambda cause: Cell(in_unit(spent[cause], divisor))),
        (Column("share [%]", True), lambda cause: Cell(f"{100 * spent[cause] / sum(spent.values()):.1f}")),
    ]
    return table_of("spent", "Time of workers by what became of it", spent, fields)
