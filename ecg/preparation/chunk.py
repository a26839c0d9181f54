"""One chunk of a corpus' records: read, pre-processed, described. The unit of work, of memory and of resumption."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ecg.errors import PreparationFailed, RecordRejected
from ecg.preparation.duplicates import sketch
from ecg.record import Record
from ecg.signal import Preprocessing, windows
from ecg.sources import Corpus, open_corpus

LARGEST_CHUNK = 64_000_000  # bytes of windows: half an hour becomes 180 of them


@dataclass(frozen=True)
class Origin:
    """Where a corpus lies and how it is read; enough to open it again in another process."""

    root: Path
    layout: str
    labels: str | None
    how: Preprocessing

    def open(self) -> Corpus:
        return open_corpus(self.root, rate=self.how.rate, layout=self.layout, labels=self.labels)


@dataclass
class Chunk:
    """What became of some consecutive records.

    Attributes:
        entries: how many there were.
        rows: per window, the columns of a store's table that are known by now, and its Einthoven deviation in mV.
        rejected: entry and reason.
        signals: windows x 12 x L, float16, in the order of `rows`.
        sketches: windows x `ecg.preparation.duplicates.WIDTH`, for finding copies.
    """

    entries: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    signals: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0), np.float16))
    sketches: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))


def prepare_chunk(corpus: Corpus, how: Preprocessing, entries: Sequence[str]) -> Chunk:
    """Read and pre-process `entries` until the windows fill `LARGEST_CHUNK`, or all of them.

    Whatever is wrong with a record is its reason to be rejected.

    Raises:
        PreparationFailed: the memory is used up.
    """
    chunk = Chunk()
    signals: list[np.ndarray] = []
    sketches: list[np.ndarray] = []
    size = 0
    for entry in entries:
        if size > LARGEST_CHUNK:
            break
        chunk.entries += 1
        try:
            record = corpus.read(entry)
            made = windows(record.signal, record.rate, how)
            stored = made.cut.astype(np.float16)
        except RecordRejected as reason:
            chunk.rejected.append((printable(entry), printable(str(reason))))
            continue
        except MemoryError as error:
            raise PreparationFailed(f"out of memory at {entry}; free some and run the same command again") from error
        except Exception as error:  # a file may be broken in ways nobody thought of; it must not stop the others
            chunk.rejected.append((printable(entry), printable(f"{type(error).__name__}: {error}")))
            continue
        for window, start in zip(stored, made.starts, strict=True):
            chunk.rows.append(_row(entry, record, start, record.flags + made.flags, made.einthoven_mv, window))
        size += stored.nbytes
        signals.append(stored)
        sketches.append(sketch(made.cut, made.scales))
    if signals:
        chunk.signals = np.concatenate(signals)
        chunk.sketches = np.concatenate(sketches)
    return chunk


def printable(text: str) -> str:
    """`text` without the control characters a broken header may bring into a table."""
    return "".join(character if character.isprintable() else "?" for character in text)


def _row(
    entry: str, record: Record, start: float, flags: tuple[str, ...], einthoven_mv: float, window: np.ndarray
) -> dict[str, Any]:
    return {
        "entry": entry,
        "record": printable(record.name),
        "start": start,
        "source": printable(record.source),
        "patient": printable(record.patient or f"{record.source}/{record.name}"),
        "age": record.age,
        "sex": record.sex,
        "fold": record.fold,
        "flags": printable(" ".join(flag.replace(" ", "_") for flag in flags)),
        "codes": [printable(code) for code in record.codes],
        "rate_before": record.rate,
        "length_before": record.signal.shape[1],
        "einthoven_mv": einthoven_mv,
        "sha256": hashlib.sha256(window.data).hexdigest(),
    }
