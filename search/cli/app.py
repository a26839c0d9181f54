"""The commands in one tree, and how they end: 0 done, 1 a failed run, 2 bad input, 130 interrupted."""

import os
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

import ecgscale
from search.cli import (
    analyze,
    dashboard,
    data,
    demo,
    describe,
    launch,
    law,
    narrow,
    output,
    recommend,
    score,
    secrets,
    space,
    study,
    train,
    work,
)
from search.cli.misuse import misuse


class _Interrupted(ecgscale.EcgscaleError):
    """Somebody pressed Ctrl-C."""

    exit_code = 130


class _Commands(TyperGroup):
    """Ctrl-C in any of them is told in one line, with what the command has to say of it."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise _Interrupted("; ".join(["interrupted", *map(str, interrupt.args)])) from interrupt


app = typer.Typer(
    cls=_Commands,
    name="ecgscale",
    help="Search 12-lead ECG networks and turn the finished trials into scaling laws.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
app.add_typer(data.app, name="data")
app.add_typer(space.app, name="space")
app.add_typer(study.app, name="study")
app.command("demo")(demo.demo)
app.command("describe")(describe.describe)
app.command("train")(train.train)
app.command("score")(score.score)
app.command("worker")(work.worker)
app.command("launch")(launch.launch)
app.command("report")(output.report)
app.command("analyze")(analyze.analyze)
app.command("law")(law.law)
app.command("narrow")(narrow.narrow)
app.command("recommend")(recommend.recommend)
app.command("dashboard")(dashboard.dashboard)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"ecgscale {ecgscale.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run a command; errors of ours are one line on stderr, never a traceback."""
    secrets.hide_password(sys.argv[1:])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops us politely is heard like a Ctrl-C
    try:
        sys.exit(app(prog_name="ecgscale", standalone_mode=False) or 0)
    except ecgscale.EcgscaleError as error:
        _end(str(error), error.exit_code)
    except typer.TyperException as error:
        if sentence := misuse(error):
            _end(sentence, error.exit_code)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        _end(
            f"{error.strerror or error}{place}; free some space or check the permissions, then run it again",
            1,
        )


def _end(message: str, code: int) -> NoReturn:
    print(f"ecgscale: {message}", file=sys.stderr)
    sys.exit(code)
