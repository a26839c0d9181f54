"""The record store: a prepared corpus on disk.

signals.npy    N x 12 x L, float16, memory-mapped
labels.npy     N x classes, uint8
records.csv    one row per window: what it is and where it comes from
rejected.csv   path and reason of every record that could not be used
manifest.json  version, rate, seconds, pre-processing, vocabulary, counts, fingerprint

A store is written to a temporary folder beside its place and renamed: it exists whole or not at all.
"""

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ecg.errors import StoreError
from ecg.folds import group_records, hold_back
from ecg.labels import VOCABULARIES, Label, Vocabulary
from ecg.leads import LEADS
from ecg.signal import Preprocessing

if TYPE_CHECKING:
    import pandas as pd

VERSION = 1
RECORD_COLUMNS = (
    "row",
    "record",
    "start",
    "source",
    "patient",
    "age",
    "sex",
    "fold",
    "flags",
    "duplicate_of",
    "rate_before",
    "length_before",
    "sha256",
)
_MANIFEST_KEYS = {"version", "rate", "seconds", "vocabulary", "labels", "counts", "fingerprint"}


@dataclass(frozen=True)
class RecordStore:
    """A store opened for reading; signals stay on disk until they are indexed.

    Attributes:
        path: its folder.
        manifest: the parsed manifest.json.
    """

    path: Path
    manifest: dict[str, Any]

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store in `path`.

        Raises:
            StoreError: it is missing, incomplete, of another version, or its files were changed.
        """
        manifest_path = path / "manifest.json"
        if not manifest_path.is_file():
            raise StoreError(f"no record store at {path}; make one with `ecgscale data prepare SRC --out {path}`")
        try:
            manifest = json.loads(manifest_path.read_text())
        except ValueError as error:
            raise StoreError(f"{manifest_path} is not JSON ({error}); prepare the store again") from error
        if not isinstance(manifest, dict) or not manifest.keys() >= _MANIFEST_KEYS:
            raise StoreError(f"{manifest_path} lacks a store's keys; prepare the store again")
        if manifest["version"] != VERSION:
            raise StoreError(
                f"{path} is a store of version {manifest['version']}, this ecgscale reads {VERSION}; prepare it again"
            )
        store = cls(path, manifest)
        store._check_files()
        return store

    @property
    def fingerprint(self) -> str:
        """sha256 over the settings, the labels and every signal's own sha256."""
        return str(self.manifest["fingerprint"])

    @property
    def rate(self) -> float:
        return float(self.manifest["rate"])

    @property
    def leads(self) -> int:
        return int(self.signals.shape[1])

    @property
    def length(self) -> int:
        """Samples per window."""
        return int(self.signals.shape[2])

    @cached_property
    def vocabulary(self) -> Vocabulary:
        name = str(self.manifest["vocabulary"])
        if name in VOCABULARIES:
            return VOCABULARIES[name]
        return Vocabulary(
            name,
            tuple(
                Label(label["name"], tuple(label["codes"]), label["meaning"], label["group"])
                for label in self.manifest["labels"]
            ),
        )

    @cached_property
    def signals(self) -> np.ndarray:
        return np.load(self.path / "signals.npy", mmap_mode="r")

    @cached_property
    def labels(self) -> np.ndarray:
        return np.load(self.path / "labels.npy")

    @cached_property
    def records(self) -> "pd.DataFrame":
        import pandas as pd

        # A patient called "NA" is a patient.
        missing = {name: [""] for name in ("age", "flags", "duplicate_of")}
        text = dict.fromkeys(("record", "source", "patient", "sex", "flags", "duplicate_of", "sha256"), str)
        return pd.read_csv(self.path / "records.csv", dtype=text, keep_default_na=False, na_values=missing)

    def rows(self, folds: Sequence[int]) -> np.ndarray:
        """Row numbers of the windows in `folds`."""
        return np.flatnonzero(np.isin(self.records["fold"].to_numpy(), folds))

    def split_training(self, folds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Rows of `folds` whose patients train, and rows of the tenth held back for choosing thresholds."""
        rows = self.rows(folds)
        table = self.records.iloc[rows]
        groups = group_records((table["source"] + "/" + table["patient"]).tolist(), table["sha256"].tolist())
        held_back = hold_back(self.labels[rows], groups)
        return rows[~held_back], rows[held_back]

    def verify_signals(self) -> None:
        """Read every signal once and hold it against its sha256 (a second or so per gigabyte).

        Raises:
            StoreError: a signal is not the one that was prepared.
        """
        for row, expected in enumerate(self.records["sha256"]):
            if hashlib.sha256(self.signals[row].tobytes()).hexdigest() != expected:
                raise StoreError(
                    f"the signal in row {row} of {self.path / 'signals.npy'} is not the one that was prepared; "
                    "copy the store again, or prepare it again"
                )

    def _check_files(self) -> None:
        missing = [name for name in ("signals.npy", "labels.npy", "records.csv") if not (self.path / name).is_file()]
        if missing:
            raise StoreError(f"{self.path} lacks {', '.join(missing)}; prepare the store again")
        try:
            shapes = self.signals.shape, self.labels.shape
        except (ValueError, OSError, EOFError) as error:
            raise StoreError(f"the arrays in {self.path} are damaged ({error}); prepare the store again") from error
        windows = self.manifest["counts"]["windows"]
        if shapes[0][0] != windows or shapes[1] != (windows, len(self.manifest["labels"])):
            raise StoreError(f"{self.path} holds arrays of other sizes than its manifest says; prepare it again")
        if _fingerprint(self.manifest, self.labels, self.path / "records.csv") != self.fingerprint:
            raise StoreError(f"{self.path} was changed after it was prepared; prepare the store again")


class StoreWriter:
    """Writes a store window by window; leaving the `with` block without `finish` removes everything written."""

    def __init__(self, path: Path, how: Preprocessing, vocabulary: Vocabulary) -> None:
        """
        Raises:
            StoreError: `path` exists already, or its parent cannot be written.
        """
        if path.exists():
            raise StoreError(f"{path} exists already; choose another --out or remove it first")
        self._path = path
        self._temporary = path.with_name(f".{path.name}.partial-{os.getpid()}")
        self._how = how
        self._vocabulary = vocabulary
        self._sha256: list[str] = []
        try:
            self._temporary.mkdir(parents=True)
            self._signals = (self._temporary / "signals.npy").open("w+b")
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}; choose another --out") from error
        self._write_header(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._signals.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def append(self, window: np.ndarray) -> str:
        """Add one window (12 x L) and return the sha256 of its stored form."""
        stored = np.ascontiguousarray(window, dtype=np.float16)
        self._signals.write(stored.tobytes())
        self._sha256.append(hashlib.sha256(stored.tobytes()).hexdigest())
        return self._sha256[-1]

    def finish(
        self,
        labels: np.ndarray,
        rows: Sequence[dict[str, object]],
        rejected: Sequence[tuple[str, str]],
        counts: dict[str, object],
        layout: str,
    ) -> RecordStore:
        """Write everything beside the signals and give the store its name."""
        self._write_header(len(self._sha256))
        self._signals.close()
        folder = self._temporary
        np.save(folder / "labels.npy", labels.astype(np.uint8))
        _write_csv(
            folder / "records.csv",
            RECORD_COLUMNS,
            [[row[column] for column in RECORD_COLUMNS] for row in rows],
        )
        _write_csv(folder / "rejected.csv", ("path", "reason"), rejected)
        manifest: dict[str, object] = {
            "version": VERSION,
            "layout": layout,
            "rate": self._how.rate,
            "seconds": self._how.seconds,
            "leads": list(LEADS),
            "preprocessing": self._how.describe(),
            "vocabulary": self._vocabulary.name,
            "labels": [
                {"name": label.name, "codes": label.codes, "meaning": label.meaning, "group": label.group}
                for label in self._vocabulary.labels
            ],
            "counts": counts,
        }
        manifest["fingerprint"] = _fingerprint(manifest, labels.astype(np.uint8), folder / "records.csv")
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))
        folder.rename(self._path)
        return RecordStore.open(self._path)

    def _write_header(self, count: int) -> None:
        # numpy pads the header so that the first axis can grow in place; that is what lets us stream.
        shape = (count, len(LEADS), self._how.samples)
        self._signals.seek(0)
        np.lib.format.write_array_header_1_0(self._signals, {"descr": "<f2", "fortran_order": False, "shape": shape})


def _write_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _fingerprint(manifest: dict[str, Any], labels: np.ndarray, records: Path) -> str:
    settings = {key: manifest[key] for key in ("version", "rate", "seconds", "preprocessing", "vocabulary", "labels")}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(labels, dtype=np.uint8).tobytes())
    digest.update(records.read_bytes())
    return digest.hexdigest()
