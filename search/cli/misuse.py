"""What was typed and is no command of ours, in one sentence."""

from typing import Any

import typer


def misuse(error: typer.TyperException) -> str:
    """The rule, the value, and where all rules stand; nothing where the help is printed because nothing was typed."""
    context = getattr(error, "ctx", None)
    rule = _of_value(error) or error.format_message().strip().rstrip(".")
    return rule and f"{rule[0].lower()}{rule[1:]}; see: {context.command_path if context else 'ecgscale'} --help"


def _of_value(error: Any) -> str | None:
    """What Typer has let pydantic check."""
    from pydantic import ValidationError

    if not isinstance(error.__cause__, ValidationError):
        return None
    fault = error.__cause__.errors()[0]
    rule = fault["msg"].removeprefix("Value error, ").rstrip(".")
    got = "" if repr(fault["input"]) in rule else f", but got {fault['input']!r}"
    return f"{error.param.opts[0]}: {rule[0].lower()}{rule[1:]}{got}"
