"""A corpus in, a record store out."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ecg.errors import PreparationFailed, StoreError
from ecg.labels import Vocabulary
from ecg.preparation.chunk import Origin
from ecg.preparation.journal import Journal
from ecg.preparation.pool import prepared_chunks, processes_for
from ecg.preparation.table import (
    describe,
    drop_copies,
    drop_repeated_names,
    fold_windows,
    label_windows,
    make_table,
    mark_copies,
)
from ecg.signal import Preprocessing
from ecg.sources import Corpus, open_corpus
from ecg.store import RecordStore
from ecg.store.layout import SIGNALS
from ecg.store.writer import SignalFile, StoreContent, give_name, write_rejected, write_tables

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Choices:
    """What one decides about a preparation beside the pre-processing.

    Attributes:
        layout: the corpus' layout; None recognises it.
        labels: a vocabulary of the corpus or a column of its table; None takes the usual one.
        keep_duplicates: keep the copies that would otherwise be left out.
        leave_out: a source that becomes fold 10, whole and alone.
    """

    layout: str | None = None
    labels: str | None = None
    keep_duplicates: bool = False
    leave_out: str | None = None


@dataclass(frozen=True)
class Prepared:
    """What became of every record of a corpus.

    Attributes:
        accepted, rejected: add up to the files seen.
        flagged: accepted records with something worth knowing.
        duplicates: records that are copies of an earlier one, left out or not.
        sources: accepted records of each source.
        layout: which layout was read.
        resumed: how many records an earlier, interrupted run had read.
        einthoven: per source the median of the records' largest |III - (II - I)| in mV, and how many exceed 0.1 mV.
        unlabelled: accepted records without any label of the vocabulary.
        unscored: codes outside the vocabulary, and how many accepted records bear them.
    """

    accepted: int
    flagged: int
    rejected: int
    duplicates: int
    sources: dict[str, int]
    seconds: float
    layout: str
    resumed: int
    einthoven: dict[str, dict[str, float]]
    unlabelled: int
    unscored: dict[str, int]
    store: str
    fingerprint: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def prepare(
    root: Path,
    out: Path,
    how: Preprocessing,
    choices: Choices | None = None,
    *,
    processes: int | None = None,
    progress: Progress = lambda done, total: None,
) -> Prepared:
    """Read the corpus in `root` and write the record store `out`.

    A record that cannot be used never stops the others: it is listed in the store's rejected.csv. An interrupted
    preparation leaves no store, and the same call goes on where it stopped.

    Args:
        processes: None takes as many as are worth their start.
        progress: called with (records done, records in all).

    Raises:
        StoreError: no corpus, no usable record in it, or `out` cannot be written.
        PreparationFailed: the disk is full, or a process was killed.
    """
    started = time.monotonic()
    choices = choices or Choices()
    _refuse_place(root, out)
    corpus = open_corpus(root, rate=how.rate, layout=choices.layout, labels=choices.labels)
    entries, vocabulary = corpus.entries(), corpus.vocabulary
    origin = Origin(root, corpus.layout, choices.labels, how)
    with Journal(out, origin, entries) as journal:
        resumed = journal.done
        try:
            _read_all(journal, corpus, origin, entries[journal.done :], processes, progress)
            if not journal.rows:
                journal.discard()
                raise _nothing_usable(root, out, journal.rejected)
            described = _finish(journal, out, origin, vocabulary, choices)
        except OSError as error:
            raise PreparationFailed(
                f"cannot write {out}: {error.strerror or error}; free some space or check the permissions, then "
                f"run the same command again, which goes on after the {journal.done} of {len(entries)} records done"
            ) from error
    counts = described["counts"]
    assert counts["records"] + counts["rejected"] == len(entries)
    return Prepared(
        accepted=counts["records"],
        flagged=counts["flagged"],
        rejected=counts["rejected"],
        duplicates=counts["duplicates"],
        sources=counts["sources"],
        seconds=round(time.monotonic() - started, 3),
        layout=corpus.layout,
        resumed=resumed,
        einthoven=described["einthoven"],
        unlabelled=counts["flags"].get("no_label", 0),
        unscored=described["unscored"],
        store=str(out),
        fingerprint=RecordStore.open(out).fingerprint,
    )


def _refuse_place(root: Path, out: Path) -> None:
    if out.exists():
        raise StoreError(f"{out} exists already; choose another --out or remove it first")
    if root.resolve() in out.resolve().parents:
        raise StoreError(f"{out} lies inside the corpus {root}; choose an --out beside it")


def _read_all(
    journal: Journal,
    corpus: Corpus,
    origin: Origin,
    left: Sequence[str],
    processes: int | None,
    progress: Progress,
) -> None:
    """Bring the entries that are left into the journal."""
    total = journal.done + len(left)
    progress(journal.done, total)
    with closing(prepared_chunks(corpus, origin, left, processes or processes_for(len(left)))) as chunks:
        for chunk in chunks:
            journal.append(chunk)
            progress(journal.done, total)


def _finish(journal: Journal, out: Path, origin: Origin, vocabulary: Vocabulary, choices: Choices) -> dict[str, Any]:
    """From what was read to the store; returns what its manifest says."""
    rejected = list(journal.rejected)
    table = drop_repeated_names(make_table(journal.rows), rejected)
    table = mark_copies(table, journal.sketches()[table.index], journal.signals.read_one)
    copies = table.loc[table["duplicate_of"] != "", "name"].nunique()
    table = drop_copies(table, left_out=choices.leave_out, keep=choices.keep_duplicates, rejected=rejected)
    table, labels = label_windows(table, vocabulary)
    table = fold_windows(table, labels, left_out=choices.leave_out)
    described = describe(table, labels, vocabulary)
    described["counts"] |= {"rejected": len(rejected), "duplicates": copies}
    described |= {
        "layout": origin.layout,
        "rate": origin.how.rate,
        "seconds": origin.how.seconds,
        "preprocessing": origin.how.describe(),
    }
    records = table.assign(row=range(len(table)), codes=table["codes"].map(";".join))
    content = StoreContent(vocabulary, labels, records, sorted(rejected), described)
    _write(journal, content, out, origin.how.samples)
    return described


def _write(journal: Journal, content: StoreContent, out: Path, samples: int) -> None:
    """Give the working folder a store's files and then the store's name."""
    finished = journal.folder / "store"
    finished.mkdir(exist_ok=True)
    write_tables(finished, content)
    all_kept = len(content.records) == journal.signals.count
    if all_kept:
        journal.signals.finish()
        (journal.folder / SIGNALS).rename(finished / SIGNALS)
    else:
        kept = SignalFile(finished / SIGNALS, samples)
        journal.signals.copy_kept(content.records.index.to_numpy(), kept)
        kept.finish()
    try:
        give_name(finished, out)
    except OSError:
        if all_kept:
            (finished / SIGNALS).rename(journal.folder / SIGNALS)  # so that the next run goes on from here
        raise
    journal.discard()


def _nothing_usable(root: Path, out: Path, rejected: Sequence[tuple[str, str]]) -> StoreError:
    if not rejected:
        return StoreError(f"there are no records in {root}; its table is empty")
    listed = out.with_name(f"{out.name}.rejected.csv")
    write_rejected(listed, rejected)
    path, reason = rejected[0]
    return StoreError(
        f"none of the {len(rejected)} records in {root} can be used; the first, {path}: {reason}; "
        f"all of them are listed in {listed}"
    )
