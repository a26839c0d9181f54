"""A launch before people: a table of its workers that stays in its place, or plain lines where there is no terminal."""

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from search.cli.bars import Bar

if TYPE_CHECKING:
    from rich.console import RenderableType

    from search.launch.scene import Scene, WorkerScene
    from storage.progress import Progress


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
            TextColumn("{task.fields[note]}"),
            console=self._console,
        )
        self._task = self._bar.add_task(title, total=None, note="")
        self._live = Live(self._bar, console=self._console, auto_refresh=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._live.stop()

    def show(self, scene: "Scene") -> None:
        from rich.console import Group

        self._live.start()  # not before: where workers run on alone there is nothing to show
        state = scene.progress
        self._bar.update(self._task, completed=state.counted, total=state.trials, note=note(state))
        self._live.update(Group(self._table(scene), self._bar), refresh=True)

    def say(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False)

    def _table(self, scene: "Scene") -> "RenderableType":
        from rich import box
        from rich.table import Table
        from rich.text import Text

        from search.launch.scene import State

        styles = {State.TRAINING: "green", State.PAUSING: "yellow", State.ENDED: "dim"}
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
        for name, justify in _COLUMNS.items():
            width = 0 if name == "state" else len(name)
            table.add_column(name, justify="right" if justify else "left", no_wrap=True, min_width=width)
        for worker in scene.workers:
            style = styles.get(worker.state, "red" if worker.says else None)
            table.add_row(*map(Text, self._cells(worker)), style=style)  # a log's words are no markup
        return table

    def _cells(self, worker: "WorkerScene") -> list[str]:
        trial = worker.running
        return [
            str(worker.number),
            worker.device,
            f"{worker.state}: {worker.says}" if worker.says else str(worker.state),
            str(trial.trial) if trial else "",
            f"{trial.epoch or 0}/{self._epochs}" if trial else "",
            f"{trial.score:.3f}" if trial and trial.score is not None else "",
            _seconds(trial.epoch_seconds) if trial and trial.epoch_seconds is not None else "",
            str(worker.finished),
            str(worker.restarts or ""),
        ]


_COLUMNS = {  # and whether they hold numbers
    "worker": True,
    "device": False,
    "state": False,
    "trial": True,
    "epoch": True,
    "score": True,
    "s/epoch": True,
    "done": True,
    "restarts": True,
}


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2g}"


def note(state: "Progress") -> str:
    """The study's standing in a few words."""
    said = [
        f"{len(state.running)} running",
        f"{state.per_hour:.0f} per hour" if state.per_hour else "",
        f"{stopped(state)} stopped" if stopped(state) else "",
        f"{state.states['fail']} failed" if state.states.get("fail") else "",
        "paused" if state.paused else "" if state.best is None else f"best {state.best:.3f}",
    ]
    return "  ".join(filter(None, said))


def stopped(state: "Progress") -> int:
    """Trials that were stopped early."""
    return state.states.get("pruned", 0)
