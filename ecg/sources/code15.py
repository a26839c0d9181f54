"""CODE-15% as Zenodo ships it: exams.csv and any of exams_part0.hdf5 ... exams_part17.hdf5.

A part holds `exam_id` (N) and `tracings` (N x 4096 x 12, 400 Hz, zeros before and after the recording). Its authors
state two units that exclude each other; the amplitudes are those of millivolt, and are taken as such. The last row of a
part is a filler with the exam id 0.
"""

from functools import cached_property, lru_cache
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
_TRUE = {"true", "1", "1.0"}
_SEX = {"true": "M", "1": "M", "false": "F", "0": "F"}


class Code15Corpus:
    """The exams of the parts at hand, with six abnormalities and patients."""

    layout: ClassVar[str] = "code15"
    described: ClassVar[str] = "CODE-15% with its exams.csv and exams_part*.hdf5"
    vocabulary: ClassVar[Vocabulary] = CODE15

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        refuse_labels(self.layout, labels)
        self._root = root
        if not self.recognises(root):
            raise StoreError(f"{root} holds no exams.csv beside exams_part*.hdf5; name the folder of CODE-15%")

    @staticmethod
    def recognises(root: Path) -> bool:
        return (root / "exams.csv").is_file() and next(root.glob("*.hdf5"), None) is not None

    @cached_property
    def _exams(self) -> dict[str, dict[str, str]]:
        table = read_table(self._root / "exams.csv", _COLUMNS)[list(_COLUMNS)]
        return {row["exam_id"]: {str(key): cell for key, cell in row.items()} for row in table.to_dict("records")}

    @cached_property
    def _place(self) -> dict[str, tuple[Path, int]]:
        """Part and row of each entry; a part that cannot be opened is an entry of its own, to be rejected."""
        place = {}
        for part in sorted(self._root.glob("*.hdf5")):
            try:
                exams = _open_part(part)["exam_id"][:]
            except (OSError, KeyError, RecordRejected):
                place[part.name] = (part, 0)
                continue
            place |= {f"{part.name}/{exam}": (part, row) for row, exam in enumerate(np.ravel(exams)) if exam != 0}
        return place

    def entries(self) -> list[str]:
        return list(self._place)

    def read(self, entry: str) -> Record:
        part, row = self._place[entry]
        name = entry.partition("/")[2]
        tracing = _without_padding(_tracing(part, row))
        if name not in self._exams:
            raise RecordRejected(f"exam {name} is not in exams.csv")
        exam = self._exams[name]
        return Record(
            name=name,
            signal=tracing.T,
            rate=RATE_HZ,
            codes=tuple(label for label in CODE15.names if exam[label].lower() in _TRUE),
            source=self.layout,
            patient=exam["patient_id"] or name,
            age=plausible_age(exam["age"]),
            sex=_SEX.get(exam["is_male"].lower(), ""),
        )


@lru_cache(maxsize=2)
def _open_part(part: Path) -> Any:
    import h5py

    return h5py.File(part, "r")


def _tracing(part: Path, row: int) -> np.ndarray:
    """Samples x 12, float64."""
    try:
        tracings = _open_part(part)["tracings"]
        if tracings.ndim != 3 or tracings.shape[2] != len(LEADS) or tracings.shape[1] > MAX_SAMPLES:
            raise RecordRejected(f"tracings of shape {tracings.shape}; expected N x 4096 x {len(LEADS)}")
        return np.asarray(tracings[row], dtype=np.float64)
    except (OSError, KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise RecordRejected(f"{part.name} is no HDF5 file with exam_id and tracings: {error}") from error


def _without_padding(tracing: np.ndarray) -> np.ndarray:
    recorded = np.flatnonzero(tracing.any(axis=1))
    if not len(recorded):
        raise RecordRejected("the tracing holds nothing but zeros")
    return tracing[recorded[0] : recorded[-1] + 1]
