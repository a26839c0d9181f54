"""The layout of the PhysioNet/CinC challenges: folders of .hea with .mat or .dat, SNOMED CT codes in the header."""

import re
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from ecg.labels import CHALLENGE, Vocabulary
from ecg.record import Record, plain_sex, plausible_age
from ecg.sources.corpus import files_below, refuse_labels
from ecg.sources.header import Header, codes_in, read_header, said_in
from ecg.sources.wfdb_file import read_wfdb

_SOURCE_OF_ID = {  # letters and digits of an id -> the folder's name in the 2021 challenge
    ("A", 4): "cpsc_2018",
    ("Q", 4): "cpsc_2018_extra",
    ("I", 4): "st_petersburg_incart",
    ("S", 4): "ptb",
    ("HR", 5): "ptb-xl",
    ("E", 5): "georgia",
    ("JS", 5): "chapman_shaoxing",
}
_FIRST_OF_NINGBO = 10647
_WRONG_GAIN = {  # in 2020: from this gain (per mV) on, it is too large by this factor
    "georgia": (4880.0, 4.88),
    "ptb": (1e6, 1000.0),
    "st_petersburg_incart": (1e5, 1000.0),
}
_ID = re.compile(r"([A-Z]+)(\d+)")
_GROUP_FOLDER = re.compile(r"g\d+")
_PATIENT_FOLDER = re.compile(r"patient[ _-]?\d+", re.IGNORECASE)


class ChallengeCorpus:
    """A folder tree of challenge records; their ids, or else their folders, name the source."""

    layout: ClassVar[str] = "challenge"
    described: ClassVar[str] = "WFDB headers *.hea with SNOMED CT codes, as the PhysioNet/CinC challenges have them"
    vocabulary: ClassVar[Vocabulary] = CHALLENGE

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        refuse_labels(self.layout, labels)
        self._root = root.resolve()

    @staticmethod
    def recognises(root: Path) -> bool:
        return holds_headers(root)

    def entries(self) -> list[str]:
        return header_files(self._root)

    def read(self, entry: str) -> Record:
        path = self._root / entry
        header = read_header(path)
        source = source_of(path, self._root)
        header, corrected = _with_right_gain(header, source)
        wfdb = read_wfdb(path, header)
        said = said_in(header.comments)
        return Record(
            name=path.stem,
            signal=wfdb.signal,
            rate=wfdb.rate,
            codes=codes_in(header.comments),
            source=source,
            patient=patient_of(path),
            age=plausible_age(said.get("age", "")),
            sex=plain_sex(said.get("sex", "")),
            flags=wfdb.flags + corrected,
        )


def header_files(root: Path) -> list[str]:
    """Every .hea below `root`, relative to it, sorted; linked folders are followed, each once."""
    return sorted(path.relative_to(root).as_posix() for path in files_below(root) if _is_header(path))


def holds_headers(root: Path) -> bool:
    """Whether there is any .hea below `root`."""
    return any(_is_header(path) for path in files_below(root))


def _is_header(path: Path) -> bool:
    return path.suffix.lower() == ".hea"


def source_of(path: Path, root: Path) -> str:
    """The source that a record's id tells, else its folder."""
    found = _ID.fullmatch(path.stem)
    if found and (source := _SOURCE_OF_ID.get((found[1], len(found[2])))):
        return "ningbo" if source == "chapman_shaoxing" and int(found[2]) >= _FIRST_OF_NINGBO else source
    return source_of_folder(path, root)


def source_of_folder(path: Path, root: Path) -> str:
    """The folder below `training` or below `root` in which `path` lies, else `root` itself; both are absolute."""
    above = path.parts[:-1]
    start = above.index("training") + 1 if "training" in above else len(root.parts)
    named = [folder for folder in above[start:] if not _is_no_source(folder)]
    return named[0] if named else root.name


def patient_of(path: Path) -> str:
    """The folder `patient001` or the like that a record lies in, as the PTB database has it, else ""."""
    return path.parent.name if _PATIENT_FOLDER.fullmatch(path.parent.name) else ""


def _is_no_source(folder: str) -> bool:
    return folder == "training" or bool(_GROUP_FOLDER.fullmatch(folder) or _PATIENT_FOLDER.fullmatch(folder))


def _with_right_gain(header: Header, source: str) -> tuple[Header, tuple[str, ...]]:
    smallest_wrong, factor = _WRONG_GAIN.get(source, (float("inf"), 1.0))
    if not any(channel.gain >= smallest_wrong for channel in header.channels):
        return header, ()
    channels = tuple(
        replace(channel, gain=channel.gain / factor) if channel.gain >= smallest_wrong else channel
        for channel in header.channels
    )
    return replace(header, channels=channels), (f"gain_corrected:{factor:g}",)
