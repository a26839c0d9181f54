"""Any folder of WFDB records with a table of labels: one CSV file at its top.

The table has a column that names the records (`record`, `filename`, `path` or the like: a path, or a name that is
unique in the folder), and either a column of codes (`labels`, `dx`, ...: "AF;SB") or one column of 0 and 1 per class.
Columns `patient`, `source`, `age`, `sex` and `fold` are used where they are there.
"""

from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import ClassVar

from ecg.errors import RecordRejected, StoreError
from ecg.folds import N_FOLDS
from ecg.labels import Vocabulary, plain_vocabulary
from ecg.record import Record, plain_sex, plausible_age
from ecg.sources.challenge import header_files, patient_of, source_of
from ecg.sources.header import read_header
from ecg.sources.tables import MOST_CLASSES, codes_in_cell, number, read_table, vocabulary_of
from ecg.sources.wfdb_file import read_wfdb

_RECORD = ("record", "record_id", "record_name", "filename", "file_name", "file", "path", "ecg_id", "exam_id", "id")
_CODES = ("labels", "label", "codes", "code", "dx", "diagnoses", "diagnosis")
_PATIENT = ("patient", "patient_id", "subject", "subject_id")
_SOURCE = ("source", "site", "hospital", "dataset")
_OTHER = ("age", "sex", "gender", "fold", "strat_fold")
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
        self._column = {str(name).strip().lower(): str(name) for name in self._table.columns}
        self._labels = self._label_columns(labels, tables[0])

    @staticmethod
    def recognises(root: Path) -> bool:
        return bool(_tables(root)) and next(root.rglob("*.hea"), None) is not None

    def _label_columns(self, labels: str | None, path: Path) -> list[str]:
        if labels is not None:
            if labels.lower() not in self._column:
                raise StoreError(f"{path} has no column {labels}; it has {', '.join(self._column.values())}")
            return [self._column[labels.lower()]]
        if codes := self._first(_CODES):
            return [codes]
        known = {*_RECORD, *_PATIENT, *_SOURCE, *_OTHER}
        free = [name for lower, name in self._column.items() if lower not in known]
        binary = [name for name in free if self._is_binary(name)]
        if not binary:
            raise StoreError(
                f"{path} has neither a column of codes ({', '.join(_CODES)}) nor columns of 0 and 1; "
                "name the column of labels with --labels"
            )
        return binary

    def _first(self, names: tuple[str, ...]) -> str | None:
        return next((self._column[name] for name in names if name in self._column), None)

    @property
    def _one_hot(self) -> bool:
        return len(self._labels) > 1 or self._is_binary(self._labels[0])

    def _is_binary(self, column: str) -> bool:
        occurring = set(self._table[column].str.strip().str.lower())
        return occurring <= _BINARY.keys() and occurring != {""}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        if not self._one_hot:
            cells = self._table[self._labels[0]]
            return vocabulary_of(self._labels[0], {str(row): codes_in_cell(cell) for row, cell in enumerate(cells)})
        if len(self._labels) > MOST_CLASSES:
            raise StoreError(f"{len(self._labels)} columns of 0 and 1; a vocabulary has at most {MOST_CLASSES} classes")
        return plain_vocabulary("columns", self._labels)

    @cached_property
    def _rows(self) -> dict[str, dict[str, str]]:
        """The table's row of each entry; a record that is not there is an entry too, to be rejected."""
        column = self._first(_RECORD)
        assert column is not None
        files = set(header_files(self._root))
        by_name: dict[str, str | None] = {}
        for file in files:
            stem = PurePosixPath(file).stem
            by_name[stem] = None if stem in by_name else file
        rows: dict[str, dict[str, str]] = {}
        for row in self._table.to_dict("records"):
            name = row[column].strip()
            plain = (
                PurePosixPath(name).with_suffix("") if name.endswith((".hea", ".mat", ".dat")) else PurePosixPath(name)
            )
            place = f"{plain}.hea"
            entry = place if place in files else by_name.get(plain.name) or place
            if entry in rows:
                raise StoreError(f"the table names {name} twice; give each record one row")
            rows[entry] = {str(key): cell for key, cell in row.items()}
        return rows

    def entries(self) -> list[str]:
        return sorted({*self._rows, *header_files(self._root)})

    def read(self, entry: str) -> Record:
        if entry not in self._rows:
            raise RecordRejected("the table of labels has no row for it")
        row = self._rows[entry]
        path = self._root / entry
        wfdb = read_wfdb(path, read_header(path))
        return Record(
            name=path.stem,
            signal=wfdb.signal,
            rate=wfdb.rate,
            codes=self._codes(row),
            source=self._cell(row, _SOURCE) or source_of(path, self._root),
            patient=self._cell(row, _PATIENT) or patient_of(path),
            age=plausible_age(self._cell(row, ("age",))),
            sex=plain_sex(self._cell(row, ("sex", "gender"))),
            fold=_fold(self._cell(row, ("fold", "strat_fold"))),
            flags=wfdb.flags,
        )

    def _codes(self, row: dict[str, str]) -> tuple[str, ...]:
        if self._one_hot:
            return tuple(label for label in self._labels if _BINARY[row[label].strip().lower()])
        return codes_in_cell(row[self._labels[0]])

    def _cell(self, row: dict[str, str], names: tuple[str, ...]) -> str:
        column = self._first(names)
        return row[column].strip() if column else ""


def _tables(root: Path) -> list[Path]:
    """The CSV files at the top of `root` that name records."""
    return [path for path in sorted(root.glob("*.csv")) if _names_records(path)]


def _names_records(path: Path) -> bool:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        first = file.readline(100_000)
    return any(name.strip().strip('"').lower() in _RECORD for name in first.split(","))


def _fold(text: str) -> int | None:
    if not text:
        return None
    fold = number(text)
    if fold not in range(1, N_FOLDS + 1):
        raise RecordRejected(f"fold {text}; it must be a whole number from 1 to {N_FOLDS}")
    return int(fold)
