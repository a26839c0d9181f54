"""The laws of the error, and how far each is to be believed."""

from analysis.report.page.numbers import ends
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, count
from analysis.words import spoken

_FORMS = {
    "power": "power law",
    "power-offset": "power law with an offset",
    "isoflop": "best size",
    "chinchilla": "law in size and data",
}
_FITTED = ("converged", "no better than a line", "bound hit")


def laws_table(report: Row) -> Table:
    fields: list[Field[Row]] = [
        (Column("law"), _law),
        (Column("numbers (95 % interval)"), _numbers),
        (Column("points", True), lambda law: count(law["n"])),
        (Column("verdict"), lambda law: Cell(f"{law['status']}: {law['reason']}")),
        (Column("error on the largest, held out; without the law", True), _held_out),
    ]
    return table_of("laws", "Laws of the error", report["laws"] or (), fields)


def _law(law: Row) -> Cell:
    x = [law["x"]] if isinstance(law["x"], str) else law["x"]
    form = _FORMS.get(law["form"], law["form"])
    return Cell(f"{form} of {spoken(law['y'])} over {' and '.join(map(spoken, x))}")


def _numbers(law: Row) -> Cell:
    """Of a fit that stands."""
    if law["status"] not in _FITTED:
        return Cell()
    intervals = law["ci95"] or {}
    told = [
        f"{name} {value:.3g}" + (f" ({ends(intervals[name])})" if intervals else "")
        for name, value in (law["params"] or {}).items()
    ]
    return Cell("; ".join(told))


def _held_out(law: Row) -> Cell:
    held = law["holdout"]
    return Cell(f"{held['error']:.2g}; {held['baseline_error']:.2g}") if held else Cell()
