"""`ecgscale demo`."""

from pathlib import Path
from typing import Annotated

import typer

from search.cli.options import Storage


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the corpus, the store and the report.")] = Path("demo"),
    storage: Storage = None,
) -> None:
    """Walk through the whole product on synthetic ECGs: store, study, two workers, report.

    Example: ecgscale demo --out demo
    """
    from search.demo import run_demo

    run_demo(out, storage)
