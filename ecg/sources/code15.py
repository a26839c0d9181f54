"""CODE-15% as Zenodo ships it: exams.csv and any of exams_part0.hdf5 ... exams_part17.hdf5.

A part holds `exam_id` (N) and `tracings` (N x 4096 x 12, 400 Hz, zeros before and after the recording). Its authors
state two units that exclude each other; the amplitudes are those of millivolt, and are taken as such. The last row of a
part is a filler with the exam id 0.
"""

from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from ecg.errors import RecordRejected, StoreError
from ecg.labels import CODE15, Vocabulary
from ecg.leads import LEADS
from ecg.record import Record, plausible_age
from ecg.sources.corpus import refuse_labels
from ecg.sources.tables import read_table

RATE_HZ = 400.0
MAX_SAMPLES = 100_000
_COLUMNS = ("exam_id", "age", "is_male", "patient_id", *CODE15.names)
_TRUE, _FALSE = {"true", "1", "1.0"}, {"false", "0", "0.0"}
_SEX = {"true": "M", "1": "M", "false": "F", "0": "F"}


class Code15Corpus:
    """The exams of the parts at hand, with six abnormalities and patients."""

    layout: ClassVar[str] = "code15"
    described: ClassVar[str] = "CODE-15% with its exams.csv and exams_part*.hdf5"
    vocabulary: ClassVar[Vocabulary] = CODE15

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        refuse_labels(self.layout, labels)
        self._root = root
        self._part: tuple[Path, Any] | None = None
        if not self.recognises(root):
            raise StoreError(f"{root} holds no exams.csv beside exams_part*.hdf5; name the folder of CODE-15%")
        # Tuples, and the rows of an exam as a set: the table has 345,779 rows.
        self._exams: dict[str, set[tuple[str, ...]]] = {}
        for row in read_table(root / "exams.csv", _COLUMNS).rows:
            self._exams.setdefault(row["exam_id"], set()).add(tuple(row[name] for name in _COLUMNS))

    @staticmethod
    def recognises(root: Path) -> bool:
        return (root / "exams.csv").is_file() and next(root.glob("*.hdf5"), None) is not None

    @cached_property
    def _place(self) -> dict[str, tuple[Path, int | None]]:
        """Part and row of each entry; a part that cannot be opened is an entry of its own, without a row."""
        place: dict[str, tuple[Path, int | None]] = {}
        for part in sorted(self._root.glob("*.hdf5")):
            try:
                exams = self._opened(part)["exam_id"][:]
            except Exception:  # whatever the HDF5 library says of a broken file
                place[part.name] = (part, None)
                continue
            for row, exam in enumerate(np.ravel(exams)):
                entry = f"{part.name}/{exam}"
                if exam != 0:
                    place[entry if entry not in place else f"{entry} in row {row}"] = (part, row)
        return place

    def _opened(self, part: Path) -> Any:
        """The part as an open file; only the last one is kept open, since records are read in order."""
        import h5py

        if self._part is None or self._part[0] != part:
            self._part = (part, h5py.File(part, "r"))
        return self._part[1]

    def entries(self) -> list[str]:
        return list(self._place)

    def read(self, entry: str) -> Record:
        part, row = self._place[entry]
        name = entry.partition("/")[2].partition(" ")[0]
        if row is None:
            raise RecordRejected(f"{part.name} is no HDF5 file with exam_id and tracings")
        tracing = _without_padding(_tracing(self._opened(part), row))
        rows = self._exams.get(name, set())
        if len(rows) != 1:
            raise RecordRejected(f"exams.csv has {len(rows) or 'no'} {'different rows' if rows else 'row'} for it")
        exam = dict(zip(_COLUMNS, *rows, strict=True))
        return Record(
            name=name,
            signal=tracing.T,
            rate=RATE_HZ,
            codes=tuple(label for label in CODE15.names if _is_true(exam[label], label)),
            source=self.layout,
            patient=exam["patient_id"],
            age=plausible_age(exam["age"]),
            sex=_SEX.get(exam["is_male"].lower(), ""),
        )


def _is_true(cell: str, label: str) -> bool:
    if cell.lower() not in _TRUE | _FALSE:
        raise RecordRejected(f"{label} is {cell[:20]!r}; expected True or False")
    return cell.lower() in _TRUE


def _tracing(part: Any, row: int) -> np.ndarray:
    """Samples x 12, float64."""
    try:
        tracings = part["tracings"]
        if tracings.ndim != 3 or tracings.shape[2] != len(LEADS) or tracings.shape[1] > MAX_SAMPLES:
            raise RecordRejected(f"tracings of shape {tracings.shape}; expected N x 4096 x {len(LEADS)}")
        return np.asarray(tracings[row], dtype=np.float64)
    except (OSError, KeyError, ValueError, IndexError, TypeError, AttributeError, RuntimeError) as error:
        raise RecordRejected(f"its tracing cannot be read: {error}") from error


def _without_padding(tracing: np.ndarray) -> np.ndarray:
    recorded = np.flatnonzero(tracing.any(axis=1))
    if not len(recorded):
        raise RecordRejected("the tracing holds nothing but zeros")
    return tracing[recorded[0] : recorded[-1] + 1]
