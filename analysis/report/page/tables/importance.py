"""What matters, over all trials and within groups."""

from analysis.importance.correlation import FEWEST
from analysis.report.page.numbers import fixed
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, count

_MOST = 4  # parameters of a group


def importance_table(report: Row) -> Table:
    fields: list[Field[Row]] = [
        (Column("parameter"), _parameter),
        (Column("fall of R² when shuffled", True), _fall),
        (Column("rank correlation with the score", True), _rank_correlation),
        (Column("n", True), lambda row: count(row["n"])),
    ]
    return table_of("importance", "Importance of each parameter", report["importance"] or (), fields)


def importance_by_table(report: Row) -> Table:
    """The groups that have a ranking."""
    by, surrogates = report["importance_by"] or {}, report["surrogate_by"] or {}
    fields: list[Field[str]] = [
        (Column("among"), Cell),
        (Column("trials", True), lambda group: count(surrogates[group]["n"])),
        (Column("cross-validated r", True), lambda group: Cell(f"{surrogates[group]['cv_pearson_mean']:.2f}")),
        (
            Column("what matters most: fall of R² (95 % interval)"),
            lambda group: Cell(_what_matters(by[group], surrogates[group])),
        ),
    ]
    groups = [group for group, ranked in by.items() if ranked]
    return table_of("importance-by", "What matters within each group", groups, fields)


def _parameter(row: Row) -> Cell:
    return Cell(row["param"], notes=("(follows from the others)",) if row["derived"] else ())


def _fall(row: Row) -> Cell:
    return Cell(f"{row['permutation']:z.2f}", ends=fixed(row["permutation_ci95"], 2))


def _rank_correlation(row: Row) -> Cell:
    if row["spearman"] is None:
        return Cell(notes=("no order" if row["n"] >= FEWEST else f"fewer than {FEWEST} trials",))
    return Cell(f"{row['spearman']:+z.2f}", ends=fixed(row["spearman_ci95"], 2))


def _what_matters(ranked: list[Row], surrogate: Row) -> str:
    if not surrogate["trusted"]:
        return str(surrogate["doubt"])
    sure = [row for row in ranked[:_MOST] if row["permutation_ci95"][0] > 0]
    told = [f"{row['param']} {row['permutation']:z.2f} ({fixed(row['permutation_ci95'], 2)})" for row in sure]
    return "; ".join(told) or "nothing for sure"
