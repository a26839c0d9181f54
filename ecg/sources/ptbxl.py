"""PTB-XL as PhysioNet ships it: ptbxl_database.csv, scp_statements.csv, records100/ and records500/."""

import ast
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import ClassVar

from ecg.errors import RecordRejected, StoreError
from ecg.folds import N_FOLDS
from ecg.labels import Vocabulary
from ecg.labels.ptbxl import Statement, all_statements, subclasses, superclasses
from ecg.record import Record, plausible_age
from ecg.sources.challenge import header_files
from ecg.sources.tables import Row, codes_in_cell, number, read_table, vocabulary_of
from ecg.sources.wfdb_file import read_wfdb

_LOW_RATE_HZ = 100.0
_SEX = {"0": "M", "1": "F"}  # as the data set's own documentation codes it
_COLUMNS = ("patient_id", "age", "sex", "scp_codes", "strat_fold", "filename_lr", "filename_hr")
_VOCABULARIES = {"superclasses": superclasses, "subclasses": subclasses, "statements": all_statements}


class PtbxlCorpus:
    """PTB-XL with its patients, its own ten folds, and the labels one chooses: five super-classes unless told."""

    layout: ClassVar[str] = "ptbxl"
    described: ClassVar[str] = "PTB-XL with its ptbxl_database.csv"

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        """Up to 100 Hz the 100-Hz records are read, above it the 500-Hz ones."""
        self._root = root
        self._place = "filename_lr" if rate <= _LOW_RATE_HZ else "filename_hr"
        self._labels = labels or "superclasses"
        self._own_column = self._labels not in _VOCABULARIES
        self._table = read_table(root / "ptbxl_database.csv", _COLUMNS)
        if self._own_column and self._labels not in self._table.columns:
            raise StoreError(
                f"PTB-XL has no labels {self._labels}; choose {', '.join(_VOCABULARIES)} or a column of its table"
            )

    @staticmethod
    def recognises(root: Path) -> bool:
        return (root / "ptbxl_database.csv").is_file()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        if self._own_column:
            return vocabulary_of(self._labels, (row[self._labels] for row in self._table.rows))
        return _VOCABULARIES[self._labels](self._statements())

    def _statements(self) -> list[Statement]:
        columns = ("description", "diagnostic", "rhythm", "diagnostic_class", "diagnostic_subclass")
        table = read_table(self._root / "scp_statements.csv", columns)
        statements = []
        for row in table.rows:
            diagnostic = number(row["diagnostic"]) == 1
            statements.append(
                Statement(
                    code=row[table.columns[0]],
                    meaning=row["description"],
                    superclass=row["diagnostic_class"] if diagnostic else "",
                    subclass=row["diagnostic_subclass"] if diagnostic else "",
                    rhythm=number(row["rhythm"]) == 1,
                )
            )
        return statements

    @cached_property
    def _rows(self) -> dict[str, list[Row]]:
        """The table's rows of each record, of which there should be one."""
        rows: dict[str, list[Row]] = {}
        for row in self._table.rows:
            if row[self._place]:
                rows.setdefault(row[self._place], []).append(row)
        return rows

    def entries(self) -> list[str]:
        """Every record of the table, and every one in its folders that the table does not know."""
        tops = {PurePosixPath(place).parts[0] for place in self._rows}
        folders = [top for top in tops if (self._root / top).is_dir()]
        found = (f"{folder}/{file}" for folder in folders for file in header_files(self._root / folder))
        return sorted({*self._rows, *(file.removesuffix(".hea") for file in found)})

    def read(self, entry: str) -> Record:
        if entry not in self._rows:
            raise RecordRejected("ptbxl_database.csv has no row for it")
        row, *others = self._rows[entry]
        if others:
            raise RecordRejected(f"ptbxl_database.csv has {1 + len(others)} rows for it")
        patient, fold = number(row["patient_id"]), number(row["strat_fold"])
        if not (patient >= 0 and 1 <= fold <= N_FOLDS):
            raise RecordRejected(
                f"patient_id {row['patient_id'] or '(blank)'} and strat_fold {row['strat_fold'] or '(blank)'} "
                "are no patient and no fold (1-10)"
            )
        codes = codes_in_cell(row[self._labels]) if self._own_column else _statement_codes(row["scp_codes"])
        wfdb = read_wfdb(self._root / f"{entry}.hea")
        return Record(
            name=Path(entry).name,
            signal=wfdb.signal,
            rate=wfdb.rate,
            codes=codes,
            source="ptbxl",
            patient=f"{patient:.0f}",
            age=plausible_age(row["age"]),
            sex=_SEX.get(row["sex"], ""),
            fold=int(fold),
            flags=wfdb.flags,
        )


def _statement_codes(cell: str) -> tuple[str, ...]:
    """All statements, whatever their likelihood, as the data set's own example takes them."""
    try:
        statements = ast.literal_eval(cell)
    except (ValueError, SyntaxError, MemoryError, RecursionError) as error:
        raise RecordRejected(f"scp_codes is {cell[:60]!r}; expected a mapping such as {{'NORM': 100.0}}") from error
    if not isinstance(statements, dict):
        raise RecordRejected(f"scp_codes is {cell[:60]!r}; expected a mapping such as {{'NORM': 100.0}}")
    return tuple(str(code) for code in statements)
