"""A study on a whole terminal: how far it is, who trains what, the front, and what went wrong last."""

from typing import TYPE_CHECKING

from search.cli.front_plot import draw_front
from search.cli.live_table import Column, live_table, training_columns
from search.cli.options import quoted
from search.cli.standing import duration, last_lost, note, spent_in_vain, time_left

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

    from search.cli.watch import Snapshot
    from storage.progress import Running

_TABLE_FRAME = 4  # lines
_LEAST_PLOT, _MOST_PLOT = 5, 20  # lines
_LEAST_WIDTH = 30
_WIDE = 60  # columns from which a trial's pace and its worker's last sign are shown too
_LOST = 3


class StudyView:
    """What fits is shown; where lines are few, the plot goes first.

    Attributes:
        seen: the study, replaced as it goes on.
    """

    def __init__(self, seen: "Snapshot") -> None:
        self.seen = seen

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.console import Group

        head, foot = Group(self._bar(), self._note()), Group(*self._foot())
        free = options.update(height=None)
        used = sum(len(console.render_lines(part, free)) for part in (head, foot))
        rows, lines = self._shares((options.height or console.height) - used)
        yield head
        yield self._trials(rows, options.max_width)
        if lines:
            yield from self._plot(options.max_width, lines)
        yield foot

    def _shares(self, room: int) -> tuple[int, int]:
        """Rows for running trials, and lines for the plot."""
        trials = max(1, len(self.seen.state.running))
        rows = min(trials, max(1, (room - _TABLE_FRAME) // 3))
        plot = min(_MOST_PLOT, room - _TABLE_FRAME - rows - 2)
        if plot >= _LEAST_PLOT and len(self.seen.values):
            return rows, plot
        return min(trials, max(1, room - _TABLE_FRAME)), 0

    def _bar(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        state = self.seen.state
        left = time_left(state)
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(no_wrap=True, overflow="ellipsis")
        grid.add_column(ratio=1)
        grid.add_column(no_wrap=True, justify="right")
        told = f"{state.counted}/{state.trials}{f', {duration(left)} left' if left else ''}"
        name = Text(self.seen.study.name, "bold")
        grid.add_row(name, ProgressBar(total=state.trials, completed=state.counted), told)
        return grid

    def _note(self) -> "Text":
        from rich.text import Text

        if self.seen.away:
            return Text(f"{self.seen.away}; trying again", "red")
        return Text(note(self.seen.state))

    def _trials(self, rows: int, width: int) -> "RenderableType":
        from rich.text import Text

        running = self.seen.state.running
        if not running:
            start = f"ecgscale launch {quoted(self.seen.study.name)}"
            return Text(f"\nno trial runs now; without workers start some with: {start}\n", "yellow")
        of_trial = training_columns(self.seen.study.config["training"]["epochs"])
        columns = [
            Column("worker", lambda one: one.worker, number=False, gives_way=True),
            Column("trial", lambda one: str(one.trial)),
            *(of_trial if width >= _WIDE else of_trial[:2]),
            *([_HEARD] if width >= _WIDE else []),
        ]
        return live_table(columns, running[:rows])

    def _plot(self, width: int, lines: int) -> "RenderResult":
        from rich.text import Text

        from analysis.words import counted

        values, front = self.seen.values, self.seen.front
        title = f"balanced accuracy over FLOPs: {counted(len(values), 'complete trial')}, {front.sum()} on the front"
        yield Text(title, no_wrap=True, overflow="ellipsis")
        yield draw_front(values, front, max(width, _LEAST_WIDTH), lines)
        yield Text("")

    def _foot(self) -> "list[Text]":
        from rich.text import Text

        lines = [f"spent in vain: {spent_in_vain(self.seen.state)}", *last_lost(self.seen.state)[-_LOST:]]
        return [
            *(Text(line, no_wrap=True, overflow="ellipsis") for line in lines),
            Text("Ctrl-C leaves; the study goes on", "dim", no_wrap=True, overflow="ellipsis"),
        ]


_HEARD: "Column[Running]" = Column("heard of", lambda one: f"{duration(one.renewed_ago)} ago")
