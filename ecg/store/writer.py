"""Writing a record store: signals as they come, everything else at the end, under its name only when whole."""

import csv
import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from ecg.labels import Vocabulary
from ecg.leads import LEADS
from ecg.store.layout import (
    LABELS,
    MANIFEST,
    RECORD_COLUMNS,
    RECORDS,
    REJECTED,
    VERSION,
    fingerprint,
)

if TYPE_CHECKING:
    import pandas as pd

_BLOCK = 256
_HEADER_BYTES = 128  # what numpy writes for a shape of three, with its room to grow


class SignalFile:
    """A .npy file of windows that grows; it can be closed and opened again to go on."""

    def __init__(self, path: Path, samples: int, count: int = 0) -> None:
        """Open `path` for appending behind its first `count` windows; later ones are cut off."""
        self._samples = samples
        self.count = count
        self._file = path.open("r+b" if count else "w+b")
        if not count:
            self._write_header()
        self._bytes = _window_bytes(samples)
        self._file.truncate(_HEADER_BYTES + count * self._bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # whatever counts was flushed; what a full disk refused once it refuses again
            self._file.close()

    def append(self, windows: np.ndarray) -> None:
        """Add windows (n x 12 x L, float16) and hand them to the operating system."""
        self._file.seek(_HEADER_BYTES + self.count * self._bytes)
        self._file.write(np.ascontiguousarray(windows, dtype=np.float16).data)
        self._file.flush()
        self.count += len(windows)

    def read(self, first: int, last: int) -> np.ndarray:
        """Windows `first` to `last` - 1."""
        self._file.seek(_HEADER_BYTES + first * self._bytes)
        raw = self._file.read((last - first) * self._bytes)
        return np.frombuffer(raw, np.float16).reshape(-1, len(LEADS), self._samples)

    def read_one(self, position: int) -> np.ndarray:
        """The window (12 x L) at `position`."""
        return self.read(position, position + 1)[0]

    def copy_kept(self, kept: np.ndarray, target: "SignalFile") -> None:
        """Append the windows at the positions `kept` (ascending) to `target`."""
        for first in range(0, self.count, _BLOCK):
            block = self.read(first, min(first + _BLOCK, self.count))
            inside = kept[(kept >= first) & (kept < first + len(block))]
            target.append(block[inside - first])

    def finish(self) -> None:
        """Write the header that tells how many windows there are, and close."""
        self._write_header()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def _write_header(self) -> None:
        # numpy pads the header so that the first axis can grow in place; that is what lets us stream.
        shape = (self.count, len(LEADS), self._samples)
        self._file.seek(0)
        np.lib.format.write_array_header_1_0(self._file, {"descr": "<f2", "fortran_order": False, "shape": shape})
        assert self._file.tell() == _HEADER_BYTES


def stored_sha256(file: BinaryIO, samples: int, first: int, count: int) -> list[str]:
    """Digests of `count` windows of a growing file from `first` on; fewer where it ends."""
    file.seek(_HEADER_BYTES + first * _window_bytes(samples))
    windows = (file.read(_window_bytes(samples)) for _ in range(count))
    return [hashlib.sha256(window).hexdigest() for window in windows if len(window) == _window_bytes(samples)]


def _window_bytes(samples: int) -> int:
    return len(LEADS) * samples * np.dtype(np.float16).itemsize


@dataclass(frozen=True)
class StoreContent:
    """What a store holds beside its signals.

    Attributes:
        labels: N x classes, 0/1.
        records: N rows, with the columns `RECORD_COLUMNS` among others.
        rejected: path and reason of each record that could not be used.
        described: what the manifest says of the store, beside what is said here.
    """

    vocabulary: Vocabulary
    labels: np.ndarray
    records: "pd.DataFrame"
    rejected: Sequence[tuple[str, str]]
    described: dict[str, Any]


def write_tables(folder: Path, content: StoreContent) -> None:
    """Write all files of a store but its signals."""
    labels = content.labels.astype(np.uint8)
    np.save(folder / LABELS, labels)
    content.records.to_csv(
        folder / RECORDS, columns=list(RECORD_COLUMNS), index=False, encoding="utf-8", errors="replace"
    )
    write_rejected(folder / REJECTED, content.rejected)
    manifest: dict[str, Any] = {
        "version": VERSION,
        **content.described,
        "leads": list(LEADS),
        "vocabulary": content.vocabulary.name,
        "labels": [
            {"name": label.name, "codes": label.codes, "meaning": label.meaning, "group": label.group}
            for label in content.vocabulary.labels
        ],
    }
    manifest["fingerprint"] = fingerprint(manifest, labels, folder / RECORDS)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))


def write_rejected(path: Path, rejected: Sequence[tuple[str, str]]) -> None:
    """Path and reason of each record that could not be used, as CSV."""
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([("path", "reason"), *rejected])


def give_name(folder: Path, store: Path) -> None:
    """Rename `folder` to `store` once all that is in it has reached the disk."""
    for path in (*folder.iterdir(), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    folder.rename(store)
