"""The command line: thin over the library."""

from search.cli.app import main

__all__ = ["main"]
