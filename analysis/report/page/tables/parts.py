"""How the error of each part of the space compares with that of the rest."""

from analysis.report.page.numbers import ends
from analysis.report.page.table import Cell, Column, Table
from analysis.report.page.tables.cells import Row, count
from analysis.words import interval, score

_MIN_QUARTILES = 8  # trials; of fewer, half say nothing
_COLUMNS = (
    Column("part"),
    Column("trials", True),
    Column("median error", True),
    Column("mean error less that of the rest", True),
    Column("best less that of the rest", True),
    Column("distance", True),
)


def parts_table(report: Row) -> Table:
    rows = tuple(
        (Cell(f"{row['group']} {row['value']}"), count(row["n"]), _median(row), *_compared(row["against_the_rest"]))
        for row in report["edf"] or ()
    )
    return Table("parts", "Each part of the space against the rest", _COLUMNS, rows)


def _median(row: Row) -> Cell:
    at = row["quantiles"]
    half = f"half lie in {interval([at['0.25'], at['0.75']])}" if row["n"] >= _MIN_QUARTILES else ""
    return Cell(score(at["0.5"]), ends=half)


def _compared(rest: Row) -> tuple[Cell, ...]:
    if not rest["mean"]:
        return (Cell(notes=(rest["why"],), span=3),)
    return (
        _difference(rest["mean"]),
        _difference(rest["best"]),
        Cell(f"{rest['ks']['distance']:.2f}", ends=f"p = {rest['ks']['p_value']:.2g}"),
    )


def _difference(found: Row) -> Cell:
    return Cell(f"{found['difference']:+.3g}", ends=ends(found["ci95"]))
