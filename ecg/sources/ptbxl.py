"""PTB-XL as PhysioNet ships it: ptbxl_database.csv, scp_statements.csv, records100/ and records500/."""

import ast
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from ecg.errors import RecordRejected, StoreError
from ecg.folds import N_FOLDS
from ecg.labels import Vocabulary
from ecg.labels.ptbxl import Statement, all_statements, subclasses, superclasses
from ecg.record import Record, plausible_age
from ecg.sources.tables import codes_in_cell, number, read_table, vocabulary_of
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
        repeated = self._table[self._place][self._table[self._place].duplicated()].tolist()
        if repeated:
            raise StoreError(f"{root / 'ptbxl_database.csv'} names {repeated[0]} twice; fetch PTB-XL's table again")

    @staticmethod
    def recognises(root: Path) -> bool:
        return (root / "ptbxl_database.csv").is_file()

    @cached_property
    def vocabulary(self) -> Vocabulary:
        if self._own_column:
            column = self._table[self._labels]
            return vocabulary_of(self._labels, {str(i): codes_in_cell(cell) for i, cell in enumerate(column)})
        return _VOCABULARIES[self._labels](self._statements())

    def _statements(self) -> list[Statement]:
        columns = ("description", "diagnostic", "rhythm", "diagnostic_class", "diagnostic_subclass")
        table = read_table(self._root / "scp_statements.csv", columns)
        statements = []
        for code, row in zip(table.iloc[:, 0], table.to_dict("records"), strict=True):
            diagnostic = number(row["diagnostic"]) == 1
            statements.append(
                Statement(
                    code=code,
                    meaning=row["description"],
                    superclass=row["diagnostic_class"] if diagnostic else "",
                    subclass=row["diagnostic_subclass"] if diagnostic else "",
                    rhythm=number(row["rhythm"]) == 1,
                )
            )
        return statements

    @cached_property
    def _rows(self) -> dict[str, dict[str, str]]:
        wanted = [*_COLUMNS, self._labels] if self._own_column else list(_COLUMNS)
        rows = self._table[wanted].to_dict("records")
        return {row[self._place]: {str(key): cell for key, cell in row.items()} for row in rows}

    def entries(self) -> list[str]:
        return sorted(self._rows)

    def read(self, entry: str) -> Record:
        row = self._rows[entry]
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
