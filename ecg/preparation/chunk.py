"""One chunk of a corpus' records: read, pre-processed, described. The unit of work, of memory and of resumption."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ecg.errors import RecordRejected
from ecg.preparation.duplicates import sketch
from ecg.record import Record
from ecg.signal import Preprocessing, windows
from ecg.sources import Corpus, open_corpus


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
    """What became of a chunk's records.

    Attributes:
        rows: per window, the columns of a store's table that are known by now, and its Einthoven deviation in mV.
        rejected: entry and reason.
        signals: windows x 12 x L, float16, in the order of `rows`.
        sketches: windows x `ecg.preparation.duplicates.WIDTH`, for finding copies.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    signals: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0), np.float16))
    sketches: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.float32))


def prepare_chunk(origin: Origin, entries: Sequence[str]) -> Chunk:
    """Read and pre-process `entries`; whatever is wrong with one of them is its reason to be rejected."""
    corpus = _opened(origin)
    chunk = Chunk()
    signals: list[np.ndarray] = []
    sketches: list[np.ndarray] = []
    for entry in entries:
        try:
            record = corpus.read(entry)
            made = windows(record.signal, record.rate, origin.how)
        except RecordRejected as reason:
            chunk.rejected.append((printable(entry), printable(str(reason))))
            continue
        except Exception as error:  # a file may be broken in ways nobody thought of; it must not stop the others
            chunk.rejected.append((printable(entry), printable(f"{type(error).__name__}: {error}")))
            continue
        stored = made.cut.astype(np.float16)
        for window, start in zip(stored, made.starts, strict=True):
            chunk.rows.append(_row(entry, record, start, record.flags + made.flags, made.einthoven_mv, window))
        signals.append(stored)
        sketches.append(sketch(made.cut, made.scales))
    if signals:
        chunk.signals = np.concatenate(signals)
        chunk.sketches = np.concatenate(sketches)
    return chunk


@lru_cache(maxsize=1)
def _opened(origin: Origin) -> Corpus:
    return origin.open()


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
        "patient": printable(record.patient),
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
