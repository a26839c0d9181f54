"""Findings of the source, and what the trials say to them."""

from analysis.report.page.numbers import ends
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row
from analysis.words import score


def claims_table(report: Row) -> Table:
    fields: list[Field[Row]] = [
        (Column("verdict"), lambda claim: Cell(claim["verdict"])),
        (Column("finding"), lambda claim: Cell(claim["statement"])),
        (Column("here (95 % interval)"), _here),
        (Column("n", True), lambda claim: Cell(f"{claim['n']} {claim['counted']}")),
    ]
    told = "Findings of the source, and what these trials say"
    return table_of("claims", told, report["claims"] or (), fields)


def _here(claim: Row) -> Cell:
    why = f"{claim['why'].rstrip('.')}." if claim["why"] else ""
    return Cell(_figure(claim), notes=tuple(note for note in (why, f"{claim['method']}.") if note))


def _figure(claim: Row) -> str:
    figure = claim["figure"]
    if figure is None:
        return ""
    within = ends(claim["ci95"]) if claim["ci95"] else "exact"
    return f"{claim['unit']} {'+' if figure > 0 else ''}{score(figure)} ({within})"
