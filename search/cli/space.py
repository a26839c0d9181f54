"""`ecgscale space`: what a search tries."""

from typing import Annotated

import typer

from search.cli import completion
from search.cli.options import Plugin

app = typer.Typer(help="Design spaces: what a search tries.", no_args_is_help=True)


@app.callback()
def _root() -> None:
    pass


@app.command()
def show(
    family: Annotated[
        str,
        typer.Argument(help="Name of the family.", metavar="FAMILY", autocompletion=completion.families),
    ],
    plugin: Plugin = None,
) -> None:
    """Print a family's default design space as YAML, to be changed and given to `study create --space`.

    Example: ecgscale space show regnet
    """
    from search.space import default_space_text

    print(default_space_text(family), end="")
