"""PTB-XL as PhysioNet ships it: ptbxl_database.csv, scp_statements.csv, records100/ and records500/."""

import ast
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ecg.errors import RecordRejected, StoreError
from ecg.folds import N_FOLDS
from ecg.labels import PTBXL_SUPERCLASSES
from ecg.record import Record, plausible_age
from ecg.sources.wfdb_file import read_wfdb

if TYPE_CHECKING:
    import pandas as pd

_LOW_RATE_HZ = 100.0
_SEX = {0: "M", 1: "F"}  # as the data set's own documentation codes it
_COLUMNS = ("patient_id", "age", "sex", "scp_codes", "strat_fold", "filename_lr", "filename_hr")


class PtbxlCorpus:
    """PTB-XL with its five diagnostic super-classes, its patients and its own ten folds."""

    layout = "ptbxl"
    vocabulary = PTBXL_SUPERCLASSES

    def __init__(self, root: Path, rate: float) -> None:
        """`rate` is the store's in Hz: up to 100 Hz the 100-Hz records are read, above it the 500-Hz ones."""
        self._root = root
        self._column = "filename_lr" if rate <= _LOW_RATE_HZ else "filename_hr"

    @staticmethod
    def recognises(root: Path) -> bool:
        return (root / "ptbxl_database.csv").is_file()

    @cached_property
    def _table(self) -> "pd.DataFrame":
        table = _read_table(self._root / "ptbxl_database.csv", _COLUMNS)
        return table.set_index(self._column, drop=False).sort_index()

    @cached_property
    def _superclass(self) -> dict[str, str]:
        table = _read_table(self._root / "scp_statements.csv", ("diagnostic", "diagnostic_class"))
        diagnostic = table[table["diagnostic"] == 1.0]
        return dict(zip(diagnostic.iloc[:, 0], diagnostic["diagnostic_class"], strict=True))

    def entries(self) -> list[str]:
        return [str(entry) for entry in self._table.index]

    def read(self, entry: str) -> Record:
        row = self._table.loc[entry].to_dict()
        if not (float(row["patient_id"]) >= 0 and 1 <= float(row["strat_fold"]) <= N_FOLDS):
            raise RecordRejected(
                f"patient_id {row['patient_id']} and strat_fold {row['strat_fold']} are no patient and no fold (1-10)"
            )
        wfdb = read_wfdb(self._root / entry)
        return Record(
            name=Path(entry).name,
            signal=wfdb.signal,
            rate=wfdb.rate,
            labels=PTBXL_SUPERCLASSES.positions(self._superclasses(row["scp_codes"])),
            source="ptbxl",
            patient=f"{row['patient_id']:.0f}",
            age=plausible_age(row["age"]),
            sex=_SEX.get(row["sex"], ""),
            fold=int(row["strat_fold"]),
        )

    def _superclasses(self, scp_codes: str) -> list[str]:
        """Super-classes of all diagnostic statements, whatever their likelihood, as the data set's example does."""
        try:
            statements = ast.literal_eval(scp_codes)
        except (ValueError, SyntaxError) as error:
            raise RecordRejected(f"scp_codes is {scp_codes!r}; expected a mapping such as {{'NORM': 100.0}}") from error
        return [self._superclass[code] for code in statements if code in self._superclass]


def _read_table(path: Path, columns: tuple[str, ...]) -> "pd.DataFrame":
    import pandas as pd

    if not path.is_file():
        raise StoreError(f"{path} is missing; PTB-XL needs it beside its records")
    try:
        table = pd.read_csv(path)
    except ValueError as error:  # pandas' own: empty, or not a table
        raise StoreError(f"{path} is not a table: {error}; fetch PTB-XL's own again") from error
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise StoreError(f"{path} has no column {', '.join(missing)}; fetch PTB-XL's own table again")
    return table
