"""The interface every corpus layout offers, and the choice among them.

A further source is one file with one such class, named in `layouts`; tests/ecg/sources/test_conformance.py says what
it has to do.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Protocol

from ecg.errors import StoreError
from ecg.labels import Vocabulary
from ecg.record import Record


class Corpus(Protocol):
    """A folder of ECGs in one layout.

    Attributes:
        layout: the layout's name, as `--source` takes it.
        described: what it is, for people.
        vocabulary: the classes its codes are mapped to.
    """

    layout: ClassVar[str]
    described: ClassVar[str]

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        """
        Args:
            rate: the store's in Hz, for corpora that come in several.
            labels: a vocabulary of the corpus, or a column of its table; None takes its usual one.

        Raises:
            StoreError: the corpus' tables cannot be used, or it has no such labels.
        """

    @property
    def vocabulary(self) -> Vocabulary: ...

    @staticmethod
    def recognises(root: Path) -> bool:
        """Whether `root` looks like this layout."""
        ...

    def entries(self) -> list[str]:
        """Every record's place relative to the corpus' folder, each once, in the order of the store."""
        ...

    def read(self, entry: str) -> Record:
        """Read one record.

        Raises:
            RecordRejected: the record cannot be used.
        """
        ...


def layouts() -> dict[str, type[Corpus]]:
    """Every known layout by name, the more particular before the more general."""
    from ecg.sources.challenge import ChallengeCorpus
    from ecg.sources.code15 import Code15Corpus
    from ecg.sources.ptbxl import PtbxlCorpus
    from ecg.sources.tianchi import TianchiCorpus
    from ecg.sources.wfdb_table import WfdbTableCorpus

    known: tuple[type[Corpus], ...] = (PtbxlCorpus, Code15Corpus, TianchiCorpus, WfdbTableCorpus, ChallengeCorpus)
    return {corpus.layout: corpus for corpus in known}


def open_corpus(root: Path, *, rate: float, layout: str | None = None, labels: str | None = None) -> Corpus:
    """The corpus in `root`, in the layout named or else in the one recognised.

    Raises:
        StoreError: there is no such folder, no known layout in it, or its tables cannot be used.
    """
    if not root.is_dir():
        raise StoreError(f"{root} is not a folder; name the folder that holds the ECG records")
    known = layouts()
    if layout is not None and layout not in known:
        raise StoreError(f"{layout} is no known source; choose one of {', '.join(known)}")
    chosen = known[layout] if layout else next((corpus for corpus in known.values() if corpus.recognises(root)), None)
    if chosen is None:
        described = "; ".join(f"{name} ({corpus.described})" for name, corpus in known.items())
        raise StoreError(f"no ECG records in {root}: expected one of {described}; name the folder above them")
    return chosen(root, rate=rate, labels=labels)


def files_below(root: Path) -> Iterator[Path]:
    """Every file below `root`; linked folders are followed, each folder once, so that a loop ends.

    Raises:
        StoreError: a folder cannot be listed; its records would be lost without a word.
    """

    def refuse(error: OSError) -> None:
        raise StoreError(f"cannot list {error.filename}: {error.strerror}; allow it, or move the folder away")

    seen: set[str] = set()
    for place, folders, files in os.walk(root, followlinks=True, onerror=refuse):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders.sort()
        yield from (Path(place, file) for file in files)


def refuse_labels(layout: str, labels: str | None) -> None:
    """For a layout with one vocabulary.

    Raises:
        StoreError: labels were named.
    """
    if labels is not None:
        raise StoreError(f"--labels {labels} is not for the source {layout}, which has one vocabulary; omit it")
