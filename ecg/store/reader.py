"""A record store opened for reading."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from ecg.errors import StoreError
from ecg.folds import group_records, hold_back
from ecg.labels import VOCABULARIES, Label, Vocabulary
from ecg.store.layout import LABELS, MANIFEST, RECORDS, REJECTED, SIGNALS, VERSION, fingerprint

if TYPE_CHECKING:
    import pandas as pd

_MANIFEST_KEYS = {
    "version",
    "layout",
    "rate",
    "seconds",
    "preprocessing",
    "vocabulary",
    "labels",
    "counts",
    "einthoven",
    "unscored",
    "fingerprint",
}


@dataclass(frozen=True)
class RecordStore:
    """A store opened for reading; signals stay on disk until they are indexed.

    Attributes:
        path: its folder.
        manifest: the parsed manifest.json.
        chosen: names of the labels to use; None for all.
    """

    path: Path
    manifest: dict[str, Any]
    chosen: tuple[str, ...] | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store in `path`.

        Raises:
            StoreError: it is missing, incomplete, of another version, or its files were changed.
        """
        manifest_path = path / MANIFEST
        if not manifest_path.is_file():
            raise StoreError(f"no record store at {path}; make one with `ecgscale data prepare SRC --out {path}`")
        try:
            manifest = json.loads(manifest_path.read_text())
        except ValueError as error:
            raise StoreError(f"{manifest_path} is not JSON ({error}); prepare the store again") from error
        if not isinstance(manifest, dict) or "version" not in manifest:
            raise StoreError(f"{manifest_path} lacks a store's keys; prepare the store again")
        if manifest["version"] != VERSION:
            raise StoreError(
                f"{path} is a store of version {manifest['version']}, this ecgscale reads {VERSION}; prepare it again"
            )
        if not manifest.keys() >= _MANIFEST_KEYS:
            raise StoreError(f"{manifest_path} lacks a store's keys; prepare the store again")
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
        stored = Vocabulary(
            name,
            tuple(
                Label(label["name"], tuple(label["codes"]), label["meaning"], label["group"])
                for label in self.manifest["labels"]
            ),
        )
        whole = VOCABULARIES[name] if VOCABULARIES.get(name) == stored else stored
        return whole if self.chosen is None else whole.only(self.chosen)

    @property
    def signals_path(self) -> Path:
        return self.path / SIGNALS

    @cached_property
    def signals(self) -> np.memmap:
        mapped: np.memmap = np.load(self.signals_path, mmap_mode="r")
        return mapped

    @cached_property
    def labels(self) -> np.ndarray:
        whole: np.ndarray = np.load(self.path / LABELS)
        if self.chosen is None:
            return whole
        names = [label["name"] for label in self.manifest["labels"]]
        return whole[:, [names.index(name) for name in self.chosen]]

    @cached_property
    def records(self) -> "pd.DataFrame":
        import pandas as pd

        # A patient called "NA" is a patient.
        missing = {name: [""] for name in ("age", "flags", "duplicate_of", "codes")}
        text = dict.fromkeys(("record", "source", "patient", "sex", "flags", "duplicate_of", "codes", "sha256"), str)
        return pd.read_csv(self.path / RECORDS, dtype=text, keep_default_na=False, na_values=missing)

    @cached_property
    def rejected(self) -> "pd.DataFrame":
        """Path and reason of every record that could not be used."""
        import pandas as pd

        return pd.read_csv(self.path / REJECTED, dtype=str, keep_default_na=False)

    def rows(self, folds: Sequence[int]) -> np.ndarray:
        """Row numbers of the windows in `folds`."""
        return np.flatnonzero(np.isin(self.records["fold"].to_numpy(), folds))

    def split_training(self, folds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Rows of `folds` whose patients train, and rows of the tenth held back for choosing thresholds."""
        rows = self.rows(folds)
        held_back = hold_back(self.labels[rows], self.groups(rows))
        return rows[~held_back], rows[held_back]

    def groups(self, rows: np.ndarray) -> list[str]:
        """For each of `rows` its group: windows that share a patient or a recording, directly or through others."""
        table = self.records.iloc[rows]
        return group_records(table["patient"].tolist(), table["duplicate_of"].fillna(self.record_names(rows)).tolist())

    def record_names(self, rows: np.ndarray) -> "pd.Series[str]":
        """The record of each of `rows`, by source and name; windows of one record share it."""
        table = self.records.iloc[rows]
        return table["source"] + "/" + table["record"]

    def with_labels(self, names: Sequence[str]) -> Self:
        """The same store with only these of its labels.

        Raises:
            StoreError: a label is not among the store's.
        """
        known = self.vocabulary.names
        unknown = [name for name in names if name not in known]
        if unknown or not names or len(set(names)) < len(names):
            raise StoreError(
                f"labels must be among {', '.join(known)}, each once at most, but got {', '.join(names) or 'none'}"
            )
        return self if list(names) == known else replace(self, chosen=tuple(names))

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
        missing = [name for name in (SIGNALS, LABELS, RECORDS, REJECTED) if not (self.path / name).is_file()]
        if missing:
            raise StoreError(f"{self.path} lacks {', '.join(missing)}; prepare the store again")
        try:
            shapes = self.signals.shape, self.labels.shape
        except (ValueError, OSError, EOFError) as error:
            raise StoreError(f"the arrays in {self.path} are damaged ({error}); prepare the store again") from error
        windows = self.manifest["counts"]["windows"]
        if shapes[0][0] != windows or shapes[1] != (windows, len(self.manifest["labels"])):
            raise StoreError(f"{self.path} holds arrays of other sizes than its manifest says; prepare it again")
        if fingerprint(self.manifest, self.labels, self.path / RECORDS) != self.fingerprint:
            raise StoreError(f"{self.path} was changed after it was prepared; prepare the store again")
