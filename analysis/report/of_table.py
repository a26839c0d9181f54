"""The report of a table of finished trials from elsewhere."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.analyze import analyze
from analysis.errors import AnalysisError
from analysis.from_table import Roles, trials_of
from analysis.question import Question
from analysis.report.build import Material, build_report
from analysis.report.write import ReportFiles, check_place, write_report
from analysis.table import read_table
from storage.database import Say


def report_table(
    path: Path, roles: Roles, reference: Mapping[str, float], out: Path, say: Say = lambda stage: None
) -> tuple[dict[str, Any], ReportFiles]:
    """Write the report of the table at `path` into `out`; the report as data, and where its files lie.

    Args:
        say: told what is done next.

    Raises:
        AnalysisError: the file is no table, its columns are not those of `roles`, or it holds too little.
        InputError: `out` cannot be written.
    """
    if path.resolve().parent == out.resolve():
        raise AnalysisError(
            f"the report would lie beside, or replace, the table {path}; choose another --out than {out}"
        )
    check_place(out)
    say(f"reading {path}")
    trials = trials_of(read_table(path), roles)
    analysis = analyze(trials, Question(groups=roles.groups, runs=roles.runs, reference=reference), say)
    report = build_report(analysis, Material(name=path.name))
    say("figures and page")
    return report, write_report(report, analysis, out)
