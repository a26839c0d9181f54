"""A table from elsewhere: read whole, its faults named with their lines."""

import csv
import difflib
import io
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError

_DELIMITERS = ",;\t|"
_BLANK = frozenset({"", "nan", "na", "n/a"})
_SHOWN = 60


@dataclass(frozen=True)
class Table:
    """A file's cells as text.

    Attributes:
        source: how the file is called in messages.
        cells: rows x columns, stripped of spaces.
        lines: of each row, its line in the file.
    """

    source: str
    cells: pd.DataFrame
    lines: list[int]

    def without(self, rows: np.ndarray) -> "Table":
        """The other rows.

        Args:
            rows: a mask.
        """
        kept = np.flatnonzero(~rows)
        return Table(self.source, self.cells.iloc[kept].reset_index(drop=True), [self.lines[row] for row in kept])

    @property
    def names(self) -> list[str]:
        """Of the columns."""
        return [str(name) for name in self.cells]

    def column(self, name: str) -> pd.Series:
        """The cells of a column.

        Raises:
            AnalysisError: there is none of that name.
        """
        if name not in self.cells:
            raise AnalysisError(f"{self.source} has no column {name!r}; {_nearest(name, self.names)}")
        return self.cells[name]

    def numbers(self, name: str, *, positive: bool = False) -> np.ndarray:
        """A column as floats; blank cells, NaN and NA are NaN.

        Args:
            positive: whether a logarithm will be taken.

        Raises:
            AnalysisError: there is no such column, or a cell is no finite number (above 0); with its line.
        """
        told = [_number(cell) for cell in self.column(name)]
        for line, cell, number in zip(self.lines, self.column(name), told, strict=True):
            if number is None:
                raise AnalysisError(
                    self._fault(line, name, f"{_short(cell)!r}, which is no number (a decimal point, no units)")
                )
            if math.isinf(number):
                raise AnalysisError(self._fault(line, name, f"{_short(cell)}, which is not finite"))
            if positive and number <= 0:
                raise AnalysisError(self._fault(line, name, f"{cell}, and a logarithm needs numbers above 0"))
        return np.array(told, dtype=float)

    def is_numeric(self, name: str) -> bool:
        """Whether all cells that are not blank are finite numbers."""
        return all(is_number(cell) for cell in self.column(name))

    def _fault(self, line: int, name: str, what: str) -> str:
        return f"{self.source}, line {line}: {name} is {what}; mend it, or leave the cell blank if there is no value"


def read_table(path: Path) -> Table:
    """Read a table with a header; commas, semicolons, tabs or bars divide the columns; UTF-8 or Excel's Unicode text.

    Raises:
        AnalysisError: the file cannot be read, is empty or no table, or two columns have one name.
    """
    text = _text(path)
    rows = _rows(path, text)
    if not rows:
        raise AnalysisError(f"{path} is empty; a table has a header and one line per finished trial")
    (_, header), *body = rows
    names = [name.strip() for name in header]
    _check_header(path, names)
    for line, row in body:
        if len(row) != len(names):
            raise AnalysisError(
                f"{path}, line {line}: {len(row)} cells, but the header names {len(names)} columns; put quotes around "
                "cells that hold the divider"
            )
    if not body:
        raise AnalysisError(f"{path} has a header and nothing below it; it needs one line per finished trial")
    cells = pd.DataFrame([[cell.strip() for cell in row] for _, row in body], columns=names, dtype=object)
    return Table(str(path), cells, [line for line, _ in body])


def is_blank(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return cell.lower() in _BLANK


def is_number(cell: str, *, finite: bool = True) -> bool:
    """Whether a cell is blank or a number."""
    told = _number(cell)
    return told is not None and not (finite and math.isinf(told))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except IsADirectoryError as error:
        raise AnalysisError(f"{path} is a folder; name a table (CSV or TSV)") from error
    except OSError as error:
        raise AnalysisError(f"cannot read {path}: {error.strerror}; name a table (CSV or TSV)") from error
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise AnalysisError(f"{path} is not UTF-8 text (byte {error.start}); save it as CSV in UTF-8") from error
    if "\0" in text:
        raise AnalysisError(f"{path} is not text; save it as CSV in UTF-8")
    return text


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """Lines that hold something, as (number, cells)."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise AnalysisError(f"{path}, line {reader.line_num}: {error}; save it as CSV with quoted text") from error
    return rows


def _delimiter(text: str) -> str:
    """The divider that the header has most of."""
    header = text.lstrip("\r\n").split("\n", 1)[0]
    return max(_DELIMITERS, key=header.count)


def _check_header(path: Path, names: list[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1 and name]
    if twice:
        raise AnalysisError(f"{path} has {names.count(twice[0])} columns named {twice[0]!r}; give each its own name")
    if all(_number(name) is not None for name in names):
        raise AnalysisError(f"{path} begins with numbers; put a header with the names of the columns above them")


def _number(cell: str) -> float | None:
    """NaN for a blank cell, None for text."""
    if is_blank(cell):
        return math.nan
    try:
        return float(cell) if "_" not in cell else None
    except ValueError:
        return None


def _nearest(name: str, names: list[str]) -> str:
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    shown = ", ".join(names)
    return f"it has {shown if len(shown) <= 4 * _SHOWN else shown[: 4 * _SHOWN] + ' ...'}"


def _short(cell: str) -> str:
    return cell if len(cell) <= _SHOWN else f"{cell[:_SHOWN]}..."
