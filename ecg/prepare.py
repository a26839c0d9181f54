"""A corpus in, a record store out."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from ecg.errors import RecordRejected, StoreError
from ecg.folds import assign_folds, group_records
from ecg.record import Record
from ecg.signal import Preprocessing, windows
from ecg.sources import Corpus, open_corpus
from ecg.store import RecordStore, StoreWriter

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Prepared:
    """What became of every record of a corpus: accepted + rejected = files seen; flagged are among the accepted."""

    accepted: int
    flagged: int
    rejected: int
    duplicates: int
    sources: dict[str, int]
    seconds: float
    store: str
    fingerprint: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass
class _Gathered:
    """The rows of a store while it is being written."""

    rows: list[dict[str, object]] = field(default_factory=list)
    labels: list[np.ndarray] = field(default_factory=list)
    rejected: list[tuple[str, str]] = field(default_factory=list)
    sources: Counter[str] = field(default_factory=Counter)
    flagged: int = 0
    first_with: dict[str, dict[str, object]] = field(default_factory=dict)
    duplicates: int = 0
    names: set[tuple[str, str]] = field(default_factory=set)


def prepare(root: Path, out: Path, how: Preprocessing, *, progress: Progress = lambda done, total: None) -> Prepared:
    """Read the corpus in `root` and write the record store `out`.

    A record that cannot be used never stops the others: it is listed in the store's rejected.csv.

    Args:
        progress: called with (records done, records in all).

    Raises:
        StoreError: no corpus, no usable record in it, or `out` cannot be written.
    """
    started = time.monotonic()
    if root.resolve() in out.resolve().parents:
        raise StoreError(f"{out} lies inside the corpus {root}; choose an --out beside it")
    corpus = open_corpus(root, how.rate)
    entries = corpus.entries()
    with StoreWriter(out, how, corpus.vocabulary) as writer:
        gathered = _Gathered()
        for done, entry in enumerate(entries, 1):
            _take(corpus, entry, how, writer, gathered)
            progress(done, len(entries))
        store = _finish(root, corpus, writer, gathered)
    return Prepared(
        accepted=gathered.sources.total(),
        flagged=gathered.flagged,
        rejected=len(gathered.rejected),
        duplicates=gathered.duplicates,
        sources=dict(sorted(gathered.sources.items())),
        seconds=round(time.monotonic() - started, 3),
        store=str(out),
        fingerprint=store.fingerprint,
    )


def _take(corpus: Corpus, entry: str, how: Preprocessing, writer: StoreWriter, gathered: _Gathered) -> None:
    try:
        record = corpus.read(entry)
        _refuse_repeated(record, gathered)
        cut, flags = windows(record.signal, record.rate, how)
    except RecordRejected as reason:
        gathered.rejected.append((entry, str(reason)))
        return
    if not record.labels:
        flags.append("no_label")
    label_row = np.zeros(len(corpus.vocabulary.labels), dtype=np.uint8)
    label_row[list(record.labels)] = 1
    for index, window in enumerate(cut):
        row = _row(record, len(gathered.rows), index * how.seconds, flags, writer.append(window))
        _mark_duplicate(row, gathered)
        gathered.rows.append(row)
        gathered.labels.append(label_row)
    gathered.sources[record.source] += 1
    gathered.flagged += bool(flags)


def _refuse_repeated(record: Record, gathered: _Gathered) -> None:
    """Two records of one name would be scored as one."""
    if (record.source, record.name) in gathered.names:
        raise RecordRejected(f"a record {record.name} of {record.source} was read before; give each a name of its own")
    gathered.names.add((record.source, record.name))


def _row(record: Record, row: int, start: float, flags: list[str], sha256: str) -> dict[str, object]:
    return {
        "row": row,
        "record": record.name,
        "start": start,
        "source": record.source,
        "patient": record.patient,
        "age": record.age,
        "sex": record.sex,
        "fold": record.fold,
        "flags": " ".join(flags),
        "duplicate_of": "",
        "rate_before": record.rate,
        "length_before": record.signal.shape[1],
        "sha256": sha256,
    }


def _mark_duplicate(row: dict[str, object], gathered: _Gathered) -> None:
    first = gathered.first_with.setdefault(str(row["sha256"]), row)
    if first is not row:
        row["duplicate_of"] = first["record"]
        gathered.duplicates += 1


def _finish(root: Path, corpus: Corpus, writer: StoreWriter, gathered: _Gathered) -> RecordStore:
    if not gathered.rows:
        path, reason = gathered.rejected[0] if gathered.rejected else (str(root), "the corpus' table is empty")
        raise StoreError(
            f"none of the {len(gathered.rejected)} records in {root} can be used; the first, {path}: {reason}"
        )
    labels = np.stack(gathered.labels)
    _assign_folds(gathered, labels)
    counts: dict[str, object] = {
        "windows": len(gathered.rows),
        "records": gathered.sources.total(),
        "rejected": len(gathered.rejected),
        "sources": dict(sorted(gathered.sources.items())),
        "positive": dict(zip(corpus.vocabulary.names, labels.sum(axis=0).tolist(), strict=True)),
    }
    return writer.finish(labels, gathered.rows, gathered.rejected, counts, corpus.layout)


def _assign_folds(gathered: _Gathered, labels: np.ndarray) -> None:
    """Keep the corpus' own folds; where it has none, make them, with a patient's and equal records in one."""
    without = [i for i, row in enumerate(gathered.rows) if row["fold"] is None]
    if not without:
        return
    rows = [gathered.rows[i] for i in without]
    groups = group_records([f"{row['source']}/{row['patient']}" for row in rows], [str(row["sha256"]) for row in rows])
    for i, fold in zip(without, assign_folds(labels[without], groups), strict=True):
        gathered.rows[i]["fold"] = int(fold)
