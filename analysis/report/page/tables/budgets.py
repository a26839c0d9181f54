"""The best network of each budget."""

from analysis.report.page.networks import BudgetRow, budget_rows, shared_settings
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, Unit, cost_name, count, doubted, scored, trained
from analysis.trials import Trials
from analysis.words import spoken


def budgets_table(report: Row, complete: Trials) -> Table:
    """Without the test fold of a table from elsewhere, and without sizes where none is known."""
    rows = budget_rows(report, complete)
    fields = _fields(rows, report, complete) if rows else []
    return table_of("budgets", "The best network of each budget", rows, fields)


def _fields(rows: list[BudgetRow], report: Row, complete: Trials) -> list[Field[BudgetRow]]:
    objective, cost = complete.score.name, cost_name(complete)
    costs = Unit.of([value for row in rows for value in (*row.limits, row.best["values"][cost])], cost)
    sizes = [row.best["attrs"]["params"] for row in rows if row.best["attrs"].get("params") is not None]
    size, shared = Unit.of(sizes, "params"), shared_settings(report)

    def network(row: BudgetRow) -> Cell:
        return trained(row.best["params"], row.best["attrs"], shared)

    def score(row: BudgetRow) -> Cell:
        return doubted(row.best["observed"], row.best["attrs"].get(f"{objective}_ci95"))

    fields: list[Field[BudgetRow]] = [
        (Column(f"at most [{costs.name}]", True), lambda row: costs.cell(*row.limits)),
        (Column("the best network"), network),
        (Column(spoken(objective), True), score),
    ]
    if report["study"]:
        fields.append((Column("on the test fold", True), lambda row: scored(row.test or {}, objective)))
    fields.append((costs.column, lambda row: costs.cell(row.best["values"][cost])))
    if sizes:
        fields.append((size.column, lambda row: size.cell(row.best["attrs"].get("params"))))
    fields.append((Column("of trials", True), lambda row: count(row.best["trials"])))
    return fields
