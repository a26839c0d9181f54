"""Progress before people: a live bar on a terminal, a few plain lines elsewhere. Both on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

_PLAIN_STEPS = 4
_PLAIN_SECONDS = 30.0
_QUICK_SECONDS = 5.0


class Bar:
    """One stage's progress; `update(done, total)` as often as one likes."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._live = sys.stderr.isatty()
        self._said = -1
        self._said_at = 0.0

    def __enter__(self) -> Self:
        if self._live:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            self._progress = Progress(
                TextColumn("{task.description:<22}"),
                BarColumn(bar_width=30),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.fields[note]}"),
                console=Console(stderr=True),
            )
            self._task = self._progress.add_task(self._title, total=None, note="")
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._progress.stop()

    def update(self, done: int, total: int, note: str = "") -> None:
        """Show `done` of `total`, and a note beside it."""
        if self._live:
            self._progress.update(self._task, completed=done, total=total, note=note)
            return
        step = done * _PLAIN_STEPS // max(total, 1)
        if step > self._said or time.monotonic() > self._said_at + _PLAIN_SECONDS:
            self._said = step
            self._said_at = time.monotonic()
            print(f"{self._title}: {done}/{total}{'  ' + note if note else ''}", file=sys.stderr, flush=True)


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """What a command is at, where nothing can be counted: call it with the name of each stage as it begins.

    On a terminal the name stands beside a clock until all is done; elsewhere it is a line, unless things go quickly.
    """
    if not sys.stderr.isatty():
        yield _PlainStages().say
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("")
        yield lambda stage: progress.update(task, description=stage)


class _PlainStages:
    """A line every few seconds at most."""

    def __init__(self) -> None:
        self._said_at = time.monotonic()

    def say(self, stage: str) -> None:
        if time.monotonic() > self._said_at + _QUICK_SECONDS:
            self._said_at = time.monotonic()
            print(stage, file=sys.stderr, flush=True)
