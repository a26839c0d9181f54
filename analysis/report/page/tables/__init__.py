"""The page's tables, one file for each kind."""

from collections.abc import Mapping
from typing import Any

from analysis.report.page.table import Table
from analysis.report.page.tables.budgets import budgets_table
from analysis.report.page.tables.claims import claims_table
from analysis.report.page.tables.compared import compared_budgets_table, compared_settings_table
from analysis.report.page.tables.front import front_table
from analysis.report.page.tables.importance import importance_by_table, importance_table
from analysis.report.page.tables.labels import label_groups_table, labels_table
from analysis.report.page.tables.laws import laws_table
from analysis.report.page.tables.parts import parts_table
from analysis.report.page.tables.recommended import recommended_table
from analysis.report.page.tables.spent import spent_table
from analysis.trials import Trials

__all__ = ["page_tables"]


def page_tables(report: Mapping[str, Any], complete: Trials) -> dict[str, Table]:
    """The tables that have rows, by name."""
    tables = (
        budgets_table(report, complete),
        claims_table(report),
        compared_budgets_table(report, complete),
        compared_settings_table(report),
        front_table(report, complete),
        recommended_table(report, complete),
        importance_table(report),
        importance_by_table(report),
        laws_table(report),
        parts_table(report),
        label_groups_table(report, complete),
        labels_table(report, complete),
        spent_table(report),
    )
    return {table.name: table for table in tables if table.rows}
