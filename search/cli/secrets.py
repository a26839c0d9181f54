"""A password typed on a command line, where every user of the machine could read it."""

import os
import sys
from collections.abc import Sequence
from itertools import pairwise

_OPTION = "--storage"


def hide_password(arguments: Sequence[str]) -> None:
    """Begin again without it, if `arguments` hold a storage URL with a password; it goes on in the environment."""
    url = _storage(arguments)
    if url is not None and _has_password(url):
        from search.launch.ourselves import command
        from storage.url import STORAGE

        os.environ[STORAGE] = url
        os.execv(sys.executable, command(*_without_storage(arguments)))


def _storage(arguments: Sequence[str]) -> str | None:
    """The last one, as the parser takes it."""
    found = [argument.partition("=")[2] for argument in arguments if argument.startswith(f"{_OPTION}=")]
    found += [after for before, after in pairwise(arguments) if before == _OPTION]
    return found[-1] if found else None


def _without_storage(arguments: Sequence[str]) -> list[str]:
    return [
        argument
        for before, argument in pairwise(["", *arguments])
        if _OPTION not in (before, argument) and not argument.startswith(f"{_OPTION}=")
    ]


def _has_password(text: str) -> bool:
    from storage.errors import DatabaseError
    from storage.url import holds_password, parse

    try:
        return holds_password(parse(text))
    except DatabaseError:
        return False  # the command says so, and does not show it
