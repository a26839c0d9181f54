"""`ecgscale report` and `ecgscale dashboard`."""

import sys
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
    with stages() as say:
        made = report_studies(database, studies, out, store=store, reference=corner, say=say)
    print_findings(*made)


def print_findings(report: dict[str, Any], files: "ReportFiles") -> None:
    """What was found, and where it is shown."""
    for finding in report["findings"]:
        print(f"- {finding}")
    for claim in report["claims"] or ():
        print(claim["sentence"])
    print(f"report: {files.page}")


def dashboard(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8080,
    password_file: Annotated[
        Path | None,
        typer.Option(
            help="Ask for the password that this file holds, with any user name; it is sent as it is, so across a "
            "network put TLS or an ssh tunnel before it.",
            metavar="FILE",
            show_default=False,
        ),
    ] = None,
    storage: Storage = None,
) -> None:
    """Serve optuna-dashboard on all studies until Ctrl-C.

    Example: ecgscale dashboard --port 8080
    """
    from search.dashboard import LOOPBACK, make_dashboard, read_password
    from storage.database import open_database

    password = None if password_file is None else read_password(password_file)
    database = open_database(storage)
    with make_dashboard(database, host, port, password) as server:
        if host not in LOOPBACK and password is None:
            print(
                f"ecgscale: listening on {host}: whoever reaches this port can change and delete studies",
                file=sys.stderr,
            )
        try:
            print(
                f"dashboard of {database.shown} on http://{host}:{server.server_port}/ (Ctrl-C ends it)",
                flush=True,
            )
            server.serve_forever()
        except KeyboardInterrupt:
            print("dashboard ended")
