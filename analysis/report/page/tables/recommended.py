"""The best trained and the most promising untrained network of each budget."""

from analysis.report.page.networks import BudgetRow, budget_rows, shared_settings
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, Unit, cost_name, doubted, trained
from analysis.trials import Trials
from analysis.words import counted, network, spoken


def recommended_table(report: Row, complete: Trials) -> Table:
    """Without untrained networks where none was looked at."""
    rows = budget_rows(report, complete, candidates=True)
    fields = _tried_fields(rows, complete)
    if any(row.best["candidates"] for row in rows):
        shared = shared_settings(report)
        fields.append((Column("untrained, and more is expected"), lambda row: _untried(row, shared)))
        fields.append((Column("expected of that", True), _promised))
    told = "The best trained and the most promising untrained network of each budget"
    return table_of("recommended", told, rows, fields)


def _tried_fields(rows: list[BudgetRow], complete: Trials) -> list[Field[BudgetRow]]:
    objective, cost = complete.score.name, cost_name(complete)
    limits = Unit.of((limit for row in rows for limit in row.limits), cost)

    def best(row: BudgetRow) -> Cell:
        return Cell(f"trial {complete.label(row.best['number'])}: {network(row.best['params'])}")

    def score(row: BudgetRow) -> Cell:
        return doubted(row.best["observed"], row.best["attrs"].get(f"{objective}_ci95"))

    return [
        (Column(f"at most [{limits.name}]", True), lambda row: limits.cell(*row.limits)),
        (Column("best that was trained"), best),
        (Column(spoken(objective), True), score),
        (Column("expected of it by the others", True), lambda row: _predicted(row.best)),
    ]


def _predicted(told: Row) -> Cell:
    return Cell() if told["predicted"] is None else doubted(told["predicted"], told["predicted_ci95"])


def _untried(row: BudgetRow, shared: Row) -> Cell:
    candidates = row.best["candidates"]
    if not row.best["try_candidate"]:
        return Cell(notes=(f"none of {candidates:,}",) if candidates else ())
    known = f"The network is not new: {counted(row.trained, 'trial')} trained it otherwise."
    return trained(row.best["candidate"]["params"], {}, shared, [known] if row.trained else [])


def _promised(row: BudgetRow) -> Cell:
    return _predicted(row.best["candidate"]) if row.best["try_candidate"] else Cell()
