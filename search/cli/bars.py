"""Progress before people: a live bar on a terminal, a few plain lines elsewhere. Both on stderr."""

import sys
import time
from types import TracebackType
from typing import Self

_PLAIN_STEPS = 4
_PLAIN_SECONDS = 30.0


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
