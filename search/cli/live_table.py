"""A table that is drawn again and again: what a column is called and what stands in it, said once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from rich.table import Table

    from storage.progress import Running

Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        cell: its text in a row.
        number: it is set to the right.
        gives_way: it is the one that is cut on a narrow terminal.
    """

    name: str
    cell: Callable[[Row], str]
    number: bool = True
    gives_way: bool = False


def live_table(
    columns: Sequence[Column[Row]], rows: Iterable[Row], style: Callable[[Row], str | None] = lambda row: None
) -> "Table":
    """Rows in one line each; what does not fit is cut."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in columns:
        least = 0 if column.gives_way else len(column.name)
        justify: Literal["right", "left"] = "right" if column.number else "left"
        table.add_column(column.name, justify=justify, no_wrap=not column.gives_way, min_width=least)
    for row in rows:
        cells = (Text(column.cell(row), no_wrap=True, overflow="ellipsis") for column in columns)  # words are no markup
        table.add_row(*cells, style=style(row))
    return table


def training_columns(epochs: int) -> "list[Column[Running]]":
    """How far a trial is, of so many epochs."""
    return [
        Column("epoch", lambda trial: f"{trial.epoch or 0}/{epochs}"),
        Column("score", lambda trial: "" if trial.score is None else f"{trial.score:.3f}"),
        Column("s/epoch", lambda trial: _short(trial.epoch_seconds)),
    ]


def _short(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.1f}" if seconds >= 1 else f"{seconds:.2g}"
