"""Tables that come with a corpus: reading one, and the labels in a column of it."""

import codecs
import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ecg.errors import StoreError
from ecg.labels import CHALLENGE, Vocabulary, plain_vocabulary

MOST_CLASSES = 500
_DELIMITERS = (",", ";", "\t")
_BETWEEN_CODES = re.compile(r"[,;|]")
_AROUND_CODE = " \t[]'\""

Row = dict[str, str]


@dataclass(frozen=True)
class Table:
    """A table as it is found: column names, and the cells of each row as text without blanks around it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(path: Path, columns: Sequence[str] = ()) -> Table:
    """The table in `path`, divided by commas, semicolons or tabs.

    Blank rows, and blank cells behind the last column, are no matter. A row with more cells than columns is left out,
    since nobody knows which cell is which; its record then has no row.

    Raises:
        StoreError: it is missing, no table, or lacks one of `columns`.
    """
    if not path.is_file():
        raise StoreError(f"{path} is missing; the corpus needs it beside its records")
    try:
        with path.open(newline="", encoding=encoding_of(path)) as file:
            first = file.readline()
            file.seek(0)
            lines = list(csv.reader(file, delimiter=max(_DELIMITERS, key=first.count)))
    except (csv.Error, UnicodeError) as error:
        raise StoreError(f"{path} is not a table: {error}; fetch or export it again as UTF-8") from error
    if not lines:
        raise StoreError(f"{path} is empty; fetch or export it again")
    names = [name.strip() for name in _without_blank_end(lines[0])]
    missing = [column for column in columns if column not in names]
    if missing:
        raise StoreError(f"{path} has no column {', '.join(missing)}; fetch or export it again")
    rows = (_without_blank_end(line) for line in lines[1:])
    filled = ([cell.strip() for cell in row] + [""] * (len(names) - len(row)) for row in rows if row)
    return Table(tuple(names), tuple(dict(zip(names, row, strict=True)) for row in filled if len(row) == len(names)))


def encoding_of(path: Path) -> str:
    """UTF-16 where a byte order mark says so, as Excel's "Unicode text" has it; else UTF-8."""
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "utf-8-sig"


def _without_blank_end(line: list[str]) -> list[str]:
    last = max((place for place, cell in enumerate(line, 1) if cell.strip()), default=0)
    return line[:last]


def codes_in_cell(cell: str) -> tuple[str, ...]:
    """The codes in a cell such as "AF;SB", "['AF', 'SB']" or "AF"; in order, without blanks and repetitions."""
    codes = (code.strip(_AROUND_CODE) for code in _BETWEEN_CODES.split(cell))
    return tuple(dict.fromkeys(code for code in codes if code and code.lower() != "nan"))


def vocabulary_of(column: str, cells: Iterable[str]) -> Vocabulary:
    """The vocabulary of a user's own column: the challenge's where its codes occur, else the codes that occur.

    Raises:
        StoreError: there is no code at all, or more different ones than classes can be.
    """
    occurring = sorted({code for cell in cells for code in codes_in_cell(cell)})
    if CHALLENGE.positions(occurring):
        return CHALLENGE
    if not 0 < len(occurring) <= MOST_CLASSES:
        raise StoreError(
            f"column {column} holds {len(occurring)} different labels; a vocabulary has 1 to {MOST_CLASSES}, "
            "name another column with --labels"
        )
    return plain_vocabulary(column, occurring)


def number(text: str) -> float:
    """A cell as a number; NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
