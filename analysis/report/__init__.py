"""The Pareto report: one dictionary (`report.json`), a page made from it, and the tables beside it."""

from analysis.report.build import Material, build_report
from analysis.report.of_table import report_table
from analysis.report.write import ReportFiles, check_place, write_report

__all__ = ["Material", "ReportFiles", "build_report", "check_place", "report_table", "write_report"]
