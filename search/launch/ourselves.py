"""How this program starts itself again."""

import sys


def command(*arguments: str) -> list[str]:
    """The command line of `ecgscale` with these arguments.

    With -P the folder one stands in is not searched for modules: a `models` of the user's there is not ours.
    """
    return [sys.executable, "-P", "-m", "search.cli", *arguments]
