"""`ecgscale report`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from search.cli import completion
from search.cli.bars import stages
from search.cli.options import MovedStore, Plugin, Reference, Storage, parse_reference

if TYPE_CHECKING:
    from analysis.report import ReportFiles


def report(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Name of the study, or of several over the same record store, which are read together.",
            metavar="NAME...",
            autocompletion=completion.study_names,
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for report.html, report.json, pareto.csv, trials.csv.")],
    compare: Annotated[
        str | None,
        typer.Option(
            help="Another study to put beside it: errors, fronts, laws, and what it was told otherwise.",
            metavar="OTHER",
            show_default=False,
        ),
    ] = None,
    store: MovedStore = None,
    reference: Reference = None,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Write the Pareto report of a study: a page, its data, and its tables; an older one in the folder is replaced.

    The corner of the hypervolume stays that of the study's first report, unless --reference gives another.

    Example: ecgscale report first --out report
    """
    from search.reporting import report_studies
    from storage.database import open_database
    from storage.studies import find_study

    corner = parse_reference(reference)
    database = open_database(storage)
    studies = [find_study(database, name) for name in names]
    beside = None if compare is None else find_study(database, compare)
    with stages() as say:
        made = report_studies(database, studies, out, store=store, reference=corner, beside=beside, say=say)
    print_findings(*made)


def print_findings(report: dict[str, Any], files: "ReportFiles") -> None:
    """What was found, and where it is shown."""
    beside = report["compared"]["sentences"] if report["compared"] else []
    for finding in [*report["findings"], *beside]:
        print(f"- {_one_line(finding)}")
    for claim in report["claims"] or ():
        print(_one_line(claim["sentence"]))
    print(f"report: {files.page}")


def _one_line(told: str) -> str:
    """Whatever names a table brings: no line of its own, nothing that a terminal obeys."""
    return "".join(letter for letter in " ".join(told.split()) if letter.isprintable())
