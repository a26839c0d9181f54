"""The networks on the Pareto front, one row per network."""

from collections.abc import Iterator
from functools import partial

from analysis.report.page.networks import FrontRow, front_rows, settings_of, shared_settings
from analysis.report.page.table import Cell, Column, Field, Table, table_of
from analysis.report.page.tables.cells import Row, Unit, doubted, scored, trained
from analysis.trials import Trials
from analysis.words import counted, score, settings, spoken


def front_table(report: Row, complete: Trials) -> Table:
    """Without what the study has not: a test fold and sizes of a table from elsewhere, probabilities, arms."""
    rows = front_rows(report, complete)
    fields = [*_trial_fields(report, complete), *_cost_fields(report, rows), *_further_fields(report, rows)]
    return table_of("front", "The networks on the Pareto front", rows, fields, things="networks")


def _trial_fields(report: Row, complete: Trials) -> list[Field[FrontRow]]:
    objective, shared = complete.score.name, shared_settings(report)

    def network(row: FrontRow) -> Cell:
        return trained(row.first["params"], row.first["attrs"], shared, list(_notes(row, complete)))

    def observed(row: FrontRow) -> Cell:
        return doubted(row.first["values"][objective], row.first["attrs"].get(f"{objective}_ci95"))

    def number(row: FrontRow) -> Cell:
        return Cell(complete.label(row.first["number"]), sort=row.first["number"])

    fields: list[Field[FrontRow]] = [
        (Column("trial", True), number),
        (Column("network"), network),
        (Column(spoken(objective), True), observed),
    ]
    if report["study"]:
        fields.append((Column("on the test fold", True), lambda row: scored(row.first["test"] or {}, objective)))
    return fields


def _notes(row: FrontRow, complete: Trials) -> Iterator[str]:
    for member in row.members[1:]:
        yield f"As good: trial {complete.label(member['number'])}, {settings(settings_of(member['params'], {}))}."
    if row.scores is not None:
        low, high = map(score, row.scores)
        reached = low if row.others == 1 else f"{low} to {high}"
        yield f"And {counted(row.others, 'more training')} of it: {reached}"


def _cost_fields(report: Row, rows: list[FrontRow]) -> Iterator[Field[FrontRow]]:
    for name in (other["name"] for other in report["objectives"][1:]):
        costs = Unit.of((member["values"][name] for member in report["pareto"]), name)
        yield costs.column, partial(_in_unit, costs, "values", name)
    sizes = [row.first["attrs"]["params"] for row in rows if row.first["attrs"].get("params") is not None]
    if report["study"] and sizes:
        size = Unit.of(sizes, "params")
        yield size.column, partial(_in_unit, size, "attrs", "params")


def _in_unit(unit: Unit, of: str, name: str, row: FrontRow) -> Cell:
    return unit.cell(row.first[of].get(name))


def _further_fields(report: Row, rows: list[FrontRow]) -> Iterator[Field[FrontRow]]:
    if "pareto.front_probability" not in report["why"]:
        yield Column("stays on the front [%]", True), _probability
    if any(row.first["attrs"].get("arm") is not None for row in rows):
        yield Column("arm"), lambda row: Cell(row.first["attrs"].get("arm") or "")


def _probability(row: FrontRow) -> Cell:
    likely = row.first["front_probability"]
    return Cell(f"{100 * likely:.0f}", sort=likely)
