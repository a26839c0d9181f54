"""Tables that come with a corpus: reading one, and the labels in a column of it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ecg.errors import StoreError
from ecg.labels import CHALLENGE, Vocabulary, plain_vocabulary

if TYPE_CHECKING:
    import pandas as pd

MOST_CLASSES = 500
_BETWEEN_CODES = re.compile(r"[,;|]")
_AROUND_CODE = " \t[]{}()'\""


def read_table(path: Path, columns: Sequence[str] = ()) -> "pd.DataFrame":
    """The CSV file `path`, every cell as text, blank ones "".

    Raises:
        StoreError: it is missing, no table, or lacks one of `columns`.
    """
    import pandas as pd

    if not path.is_file():
        raise StoreError(f"{path} is missing; the corpus needs it beside its records")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except ValueError as error:  # pandas' own: empty, not a table, not text
        raise StoreError(f"{path} is not a table: {error}; fetch or export it again") from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise StoreError(f"{path} has no column {', '.join(missing)}; fetch or export it again")
    return table


def codes_in_cell(cell: str) -> tuple[str, ...]:
    """The codes in a cell such as "AF;SB", "['AF', 'SB']" or "AF"; in order, without blanks and repetitions."""
    codes = (code.strip(_AROUND_CODE) for code in _BETWEEN_CODES.split(cell))
    return tuple(dict.fromkeys(code for code in codes if code))


def vocabulary_of(column: str, codes: Mapping[str, Sequence[str]]) -> Vocabulary:
    """The vocabulary of a user's own column: the challenge's where its codes occur, else the codes that occur.

    Args:
        codes: of every record.

    Raises:
        StoreError: there is no code at all, or more different ones than classes can be.
    """
    occurring = sorted({code for record in codes.values() for code in record})
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
