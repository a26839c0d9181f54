"""A launch before people: a table of its workers that stays in its place, or plain lines where there is no terminal."""

import sys
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from search.cli.bars import Bar
from search.cli.live_table import Column, live_table, training_columns
from search.cli.standing import note

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

    from search.launch.scene import Scene, WorkerScene
    from storage.progress import Running

_WIDE = 70  # columns from which all is shown
_NEEDED = ("worker", "state", "trial", "epoch", "score")


def live_view(title: str, epochs: int) -> "PlainView | LiveView":
    """What suits the place that stderr goes to.

    Args:
        epochs: of every training.
    """
    return LiveView(title, epochs) if sys.stderr.isatty() else PlainView(title)


class PlainView:
    """Some lines now and then."""

    def __init__(self, title: str) -> None:
        self._bar = Bar(title)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        pass

    def show(self, scene: "Scene") -> None:
        self._bar.update(scene.progress.counted, scene.progress.trials, note(scene.progress))

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)


class LiveView:
    """One line per worker, the study's bar below; what happens scrolls by above."""

    def __init__(self, title: str, epochs: int) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._epochs = epochs
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
        self._task = self._bar.add_task(title, total=None)
        self._live = Live(self._bar, console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._live.stop()

    def show(self, scene: "Scene") -> None:
        from rich.console import Group
        from rich.text import Text

        self._live.start()  # not before: where workers run on alone there is nothing to show
        state = scene.progress
        self._bar.update(self._task, completed=state.counted, total=state.trials)
        self._live.update(Group(self._table(scene), self._bar, Text(note(state))), refresh=True)

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False)

    def _table(self, scene: "Scene") -> "RenderableType":
        from search.launch.scene import State

        styles = {State.TRAINING: "green", State.PAUSING: "yellow", State.ENDED: "dim"}
        columns = _columns(self._epochs)
        if self._console.width < _WIDE:
            columns = [column for column in columns if column.name in _NEEDED]
        return live_table(columns, scene.workers, lambda row: styles.get(row.state, "red" if row.says else None))


def _columns(epochs: int) -> "list[Column[WorkerScene]]":
    return [
        Column("worker", lambda row: str(row.number)),
        Column("device", lambda row: row.device, number=False),
        Column("state", lambda row: f"{row.state}: {row.says}" if row.says else str(row.state), False, gives_way=True),
        Column("trial", lambda row: str(row.running.trial) if row.running else ""),
        *(Column(of.name, partial(_of_trial, of.cell)) for of in training_columns(epochs)),
        Column("done", lambda row: str(row.finished)),
        Column("restarts", lambda row: str(row.restarts or "")),
    ]


def _of_trial(cell: "Callable[[Running], str]", row: "WorkerScene") -> str:
    return cell(row.running) if row.running else ""
