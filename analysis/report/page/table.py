"""A table of the page: plain text in rows and columns, which the page's macro escapes and lays out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        head: with its unit in brackets.
        numeric: whether it is aligned as numbers are.
    """

    head: str
    numeric: bool = False


@dataclass(frozen=True)
class Details:
    """What a reader can open within a cell."""

    summary: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A cell.

    Attributes:
        ends: of an interval, or what else stands small below the text.
        details: behind a line to open; below the text.
        notes: small paragraphs, last.
        sort: by what a filterable table is sorted where it is not the text.
        span: how many columns it takes.
    """

    text: str = ""
    ends: str = ""
    details: Details | None = None
    notes: tuple[str, ...] = ()
    sort: float | None = None
    span: int = 1


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: by which the page's sections ask for it.
        told: what it is, for those who do not see it.
        rows: of cells, as many as columns but for those that span several.
        things: what its rows are, where they can be found by typing and sorted; else empty.
    """

    name: str
    told: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    things: str = ""


Field = tuple[Column, Callable[[T], Cell]]


def table_of(name: str, told: str, items: Iterable[T], fields: Sequence[Field[T]], *, things: str = "") -> Table:
    """One row per item; `fields` are the columns and how each makes its cell of an item."""
    rows = tuple(tuple(cell(item) for _, cell in fields) for item in items)
    return Table(name, told, tuple(column for column, _ in fields), rows, things)
