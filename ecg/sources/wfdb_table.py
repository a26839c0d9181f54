"""Any folder of WFDB records with a table of labels: one CSV file at its top.

The table has a column that names the records (`record`, `filename`, `path` or the like: a path, or a name that is
unique in the folder), and either a column of codes (`labels`, `dx`, ...: "AF;SB") or one column of 0 and 1 per class.
Columns `patient`, `source`, `age`, `sex` and `fold` are used where they are there.
"""

import re
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import ClassVar

from ecg.errors import RecordRejected, StoreError
from ecg.folds import N_FOLDS, SCORE_FOLD, TEST_FOLD
from ecg.labels import Vocabulary, plain_vocabulary
from ecg.record import Record, plain_sex, plausible_age
from ecg.sources.challenge import header_files, holds_headers, patient_of, source_of_folder
from ecg.sources.tables import MOST_CLASSES, Row, codes_in_cell, encoding_of, number, read_table, vocabulary_of
from ecg.sources.wfdb_file import read_wfdb

_RECORD = ("record", "record_id", "record_name", "filename", "file_name", "file", "path", "ecg_id", "exam_id", "id")
_CODES = ("labels", "label", "codes", "code", "dx", "diagnoses", "diagnosis")
_PATIENT = ("patient", "patient_id", "subject", "subject_id")
_SOURCE = ("source", "site", "hospital", "dataset")
_FOLD = ("fold", "strat_fold")
_OTHER = ("age", "sex", "gender", *_FOLD)
_ODD_SHARE = 0.1
_BINARY = {"0": False, "1": True, "0.0": False, "1.0": True, "false": False, "true": True, "": False}


class WfdbTableCorpus:
    """WFDB records with the labels of a table."""

    layout: ClassVar[str] = "wfdb"
    described: ClassVar[str] = "WFDB records with one CSV table of labels"

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        self._root = root.resolve()
        tables = _tables(root)
        if len(tables) != 1:
            raise StoreError(f"{root} holds {len(tables)} CSV tables that name records; it must be exactly one")
        self._table = read_table(tables[0])
        self._column = {name.lower(): name for name in self._table.columns}
        self._labels = self._label_columns(labels, tables[0])
        self._one_hot = all(self._is_binary(column) for column in self._labels)
        self._check_folds(tables[0])

    @staticmethod
    def recognises(root: Path) -> bool:
        return bool(_tables(root)) and holds_headers(root)

    def _label_columns(self, labels: str | None, path: Path) -> list[str]:
        if labels is not None:
            if labels.lower() not in self._column:
                raise StoreError(f"{path} has no column {labels}; it has {', '.join(self._column.values())}")
            return [self._column[labels.lower()]]
        if codes := self._first(_CODES):
            return [codes]
        known = {*_RECORD, *_PATIENT, *_SOURCE, *_OTHER}
        free = [name for lower, name in self._column.items() if lower not in known]
        for name in free:
            self._refuse_odd_cells(name, path)
        binary = [name for name in free if self._is_binary(name)]
        if not binary:
            raise StoreError(
                f"{path} has neither a column of codes ({', '.join(_CODES)}) nor columns of 0 and 1; "
                "name the column of labels with --labels"
            )
        return binary

    def _first(self, names: tuple[str, ...]) -> str | None:
        return next((self._column[name] for name in names if name in self._column), None)

    def _is_binary(self, column: str) -> bool:
        occurring = {row[column].lower() for row in self._table.rows}
        return occurring <= _BINARY.keys() and occurring != {""}

    def _refuse_odd_cells(self, column: str, path: Path) -> None:
        """A column of 0 and 1 with a few other cells is a mistake in the table, not a column to leave out."""
        filled = [(line, row[column]) for line, row in enumerate(self._table.rows, 2) if row[column]]
        odd = [(line, cell) for line, cell in filled if cell.lower() not in _BINARY]
        if 0 < len(odd) <= _ODD_SHARE * len(filled):
            line, cell = odd[0]
            raise StoreError(
                f"{path}: column {column} holds {cell!r} in row {line} among its 0 and 1; mend it, or name the column "
                "of labels with --labels"
            )

    def _check_folds(self, path: Path) -> None:
        column = self._first(_FOLD)
        folds = {row[column] for row in self._table.rows if row[column]} if column else set()
        if folds and not {number(fold) for fold in folds} >= {SCORE_FOLD, TEST_FOLD}:
            raise StoreError(
                f"{path}: column {column} lacks fold {SCORE_FOLD} or {TEST_FOLD}; folds are 1 to 8 to train, "
                f"{SCORE_FOLD} to score and {TEST_FOLD} to test, or leave the column out to have them made"
            )

    @cached_property
    def vocabulary(self) -> Vocabulary:
        if not self._one_hot:
            return vocabulary_of(self._labels[0], (row[self._labels[0]] for row in self._table.rows))
        if len(self._labels) > MOST_CLASSES:
            raise StoreError(f"{len(self._labels)} columns of 0 and 1; a vocabulary has at most {MOST_CLASSES} classes")
        return plain_vocabulary("columns", self._labels)

    @cached_property
    def _files(self) -> list[str]:
        return header_files(self._root)

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        """The table's rows of each entry, of which there should be one; a record that is not there is an entry too."""
        column = self._first(_RECORD)
        assert column is not None
        place = _Places(self._files)
        rows: dict[str, list[Row]] = {}
        for row in self._table.rows:
            if row[column]:
                rows.setdefault(place.of(row[column]), []).append(row)
        return rows

    def entries(self) -> list[str]:
        return sorted({*self._rows, *self._files})

    def read(self, entry: str) -> Record:
        if entry not in self._rows:
            raise RecordRejected("the table of labels has no row for it")
        row, *others = self._rows[entry]
        if any(other != row for other in others):
            raise RecordRejected(f"the table of labels has {1 + len(others)} different rows for it")
        path = self._root / entry
        wfdb = read_wfdb(path)
        return Record(
            name=path.stem,
            signal=wfdb.signal,
            rate=wfdb.rate,
            codes=self._codes(row),
            source=self._cell(row, _SOURCE) or source_of_folder(path, self._root),
            patient=self._cell(row, _PATIENT) or patient_of(path),
            age=plausible_age(self._cell(row, ("age",))),
            sex=plain_sex(self._cell(row, ("sex", "gender"))),
            fold=_fold(self._cell(row, _FOLD)),
            flags=wfdb.flags,
        )

    def _codes(self, row: dict[str, str]) -> tuple[str, ...]:
        if self._one_hot:
            return tuple(label for label in self._labels if _BINARY[row[label].lower()])
        return codes_in_cell(row[self._labels[0]])

    def _cell(self, row: dict[str, str], names: tuple[str, ...]) -> str:
        column = self._first(names)
        return row[column] if column else ""


class _Places:
    """Which header file a name in a table means: a path, or a bare name that only one file has."""

    def __init__(self, files: list[str]) -> None:
        self._files = set(files)
        self._by_name: dict[str, str | None] = {}
        for file in files:
            stem = PurePosixPath(file).stem
            self._by_name[stem] = None if stem in self._by_name else file

    def of(self, name: str) -> str:
        """The file's place, or where it should be."""
        path = PurePosixPath(name.replace("\\", "/"))
        plain = path.with_suffix("") if path.suffix in {".hea", ".mat", ".dat"} else path
        place = f"{plain}.hea"
        bare = len(plain.parts) == 1 and self._by_name.get(plain.name)
        return bare if bare and place not in self._files else place


def _tables(root: Path) -> list[Path]:
    """The CSV files at the top of `root` that name records."""
    return [path for path in sorted(root.glob("*.csv")) if _names_records(path)]


def _names_records(path: Path) -> bool:
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        first = file.readline(100_000)
    return any(name.strip().strip('"').lower() in _RECORD for name in re.split(r"[,;\t]", first))


def _fold(text: str) -> int | None:
    if not text:
        return None
    fold = number(text)
    if fold not in range(1, N_FOLDS + 1):
        raise RecordRejected(f"fold {text}; it must be a whole number from 1 to {N_FOLDS}")
    return int(fold)
