"""The interface every corpus layout offers, and the choice among them."""

from pathlib import Path
from typing import Protocol

from ecg.errors import StoreError
from ecg.labels import Vocabulary
from ecg.record import Record


class Corpus(Protocol):
    """A folder of ECGs in one layout.

    Attributes:
        layout: the layout's name, for people and for the store's manifest.
        vocabulary: the classes its labels are mapped to.
    """

    layout: str
    vocabulary: Vocabulary

    def entries(self) -> list[str]:
        """Every record's path relative to the corpus' folder, sorted."""

    def read(self, entry: str) -> Record:
        """Read one record.

        Raises:
            RecordRejected: the record cannot be used.
        """


def open_corpus(root: Path, rate: float) -> Corpus:
    """The corpus in `root`; `rate` (Hz) is the store's, for corpora that come in several.

    Raises:
        StoreError: there is no such folder, or no known layout in it.
    """
    from ecg.sources.challenge import ChallengeCorpus
    from ecg.sources.ptbxl import PtbxlCorpus

    if not root.is_dir():
        raise StoreError(f"{root} is not a folder; name the folder that holds the ECG records")
    if PtbxlCorpus.recognises(root):
        return PtbxlCorpus(root, rate)
    if ChallengeCorpus.recognises(root):
        return ChallengeCorpus(root)
    raise StoreError(
        f"no ECG records in {root}: expected WFDB headers (*.hea) as the PhysioNet/CinC 2021 challenge lays them "
        "out, or PTB-XL with its ptbxl_database.csv; name the folder above them"
    )
