"""`ecgscale analyze`."""

from pathlib import Path
from typing import Annotated

import typer

from search.cli.bars import stages
from search.cli.options import Reference, parse_reference
from search.cli.output import print_findings


def analyze(
    table: Annotated[
        Path, typer.Argument(help="CSV or TSV with a header and one line per finished trial.", metavar="TABLE")
    ],
    out: Annotated[Path, typer.Option(help="Folder for report.html, report.json, pareto.csv, trials.csv.")],
    maximize: Annotated[
        list[str] | None,
        typer.Option(help="Column of a score; the first is explained.", metavar="COLUMN", show_default=False),
    ] = None,
    minimize: Annotated[
        list[str] | None,
        typer.Option(
            help="Column of an error or a cost; without --maximize the first is explained.",
            metavar="COLUMN",
            show_default=False,
        ),
    ] = None,
    param: Annotated[
        list[str] | None,
        typer.Option(
            help="Column of a parameter; repeat it for several. Default: those that begin with params. or params_.",
            metavar="COLUMN",
            show_default=False,
        ),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option(
            help="Column whose values are compared: optimiser, family, source.", metavar="COLUMN", show_default=False
        ),
    ] = None,
    run: Annotated[
        str | None,
        typer.Option(
            help="Column that says to which of several searches (seeds) a trial belongs.",
            metavar="COLUMN",
            show_default=False,
        ),
    ] = None,
    log: Annotated[
        list[str] | None,
        typer.Option(help="Objective on a log10 axis, as FLOPs.", metavar="COLUMN", show_default=False),
    ] = None,
    reference: Reference = None,
) -> None:
    """Write the Pareto report of any table of finished trials: fronts, importance, laws, what to build for a budget.

    A line without one of the objectives counts as unfinished, and so does one whose column `state` says so.

    Example: ecgscale analyze trials.csv --maximize top1 --minimize gmacs --log gmacs --param depth --out report
    """
    from analysis.from_table import Roles
    from analysis.report import report_table

    roles = Roles(
        maximize=maximize or [],
        minimize=minimize or [],
        params=param or [],
        groups=group or [],
        log=log or [],
        runs=run,
    )
    corner = parse_reference(reference)
    with stages() as say:
        made = report_table(table, roles, corner, out, say)
    print_findings(*made)
