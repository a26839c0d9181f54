"""Options that several commands share."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

Storage = Annotated[
    str | None,
    typer.Option(
        help="postgresql:// URL of the database; default: the environment's ECGSCALE_STORAGE, "
        "else the embedded Postgres.",
        metavar="URL",
        show_default=False,
    ),
]
StudyName = Annotated[str, typer.Argument(help="Name of the study.", metavar="NAME")]
MovedStore = Annotated[
    Path | None,
    typer.Option(help="The study's record store, if it lies elsewhere on this machine.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]


def quoted(name: str) -> str:
    """A study's name as one types it in a shell."""
    return shlex.quote(name)
