"""The Tianchi (Hefei, Alibaba) competition: text files of eight leads, 500 Hz, 4.88 uV per unit.

Beside the folders of records lies a label list, *label*.txt, with one line per record: file name, age, sex, findings,
divided by tabs; and optionally the list of findings, *arrythmia*.txt (spelled so), which gives the classes their order.
"""

from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from ecg.errors import RecordRejected, StoreError
from ecg.labels import Vocabulary
from ecg.labels.tianchi import tianchi
from ecg.leads import LEADS, derivation, locate_leads
from ecg.record import Record, plain_sex, plausible_age
from ecg.sources.corpus import files_below, refuse_labels
from ecg.sources.header import size_of_plain_file

RATE_HZ = 500.0
MILLIVOLT_PER_UNIT = 4.88e-3
_LARGEST_FILE = 20_000_000
_LARGEST_UNIT = 1e9
_ENCODINGS = ("utf-8-sig", "gb18030")


class TianchiCorpus:
    """Text files of eight leads; the other four limb leads are derived."""

    layout: ClassVar[str] = "tianchi"
    described: ClassVar[str] = "Tianchi text files with *label*.txt"

    def __init__(self, root: Path, *, rate: float, labels: str | None) -> None:
        refuse_labels(self.layout, labels)
        self._root = root
        lists = _label_lists(root)
        if len(lists) != 1:
            raise StoreError(
                f"{root} holds {len(lists)} label lists (*label*.txt whose lines begin with `name.txt` and a tab); "
                "Tianchi's records need exactly one"
            )
        self._label_list = lists[0]

    @staticmethod
    def recognises(root: Path) -> bool:
        return len(_label_lists(root)) == 1

    @cached_property
    def _said(self) -> dict[str, list[str]]:
        """Age, sex and findings of each file name."""
        lines = (line.split("\t") for line in _lines(self._label_list))
        return {cells[0].strip(): [cell.strip() for cell in cells[1:]] for cells in lines}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        order = next(iter(sorted(self._root.glob("*arr*thmia*.txt"))), None)
        if order:
            return tianchi(dict.fromkeys(line.strip() for line in _lines(order)))
        return tianchi(sorted({finding for cells in self._said.values() for finding in _findings(cells)}))

    def entries(self) -> list[str]:
        """Every text file in a folder, and those that only the list knows."""
        found = [path for path in files_below(self._root) if path.suffix == ".txt" and path.parent != self._root]
        unseen = self._said.keys() - {path.name for path in found}
        return sorted([*unseen, *(path.relative_to(self._root).as_posix() for path in found)])

    def read(self, entry: str) -> Record:
        path = self._root / entry
        names, samples = _read_text(path)
        position = locate_leads(names)
        matrix, derived = derivation(position)
        said = self._said.get(path.name, [])
        age, sex = (*said[:2], "", "")[:2]
        return Record(
            name=path.stem,
            signal=matrix @ (samples[:, list(position.values())].T * MILLIVOLT_PER_UNIT),
            rate=RATE_HZ,
            codes=_findings(said),
            source=self.layout,
            age=plausible_age(age),
            sex=plain_sex(sex),
            flags=(f"derived:{','.join(derived)}",) if derived and set(derived) != set(LEADS[2:6]) else (),
        )


def _label_lists(root: Path) -> list[Path]:
    return [path for path in sorted(root.glob("*label*.txt")) if path.is_file() and _lists_records(path)]


def _lists_records(path: Path) -> bool:
    with path.open("rb") as file:
        return b".txt\t" in file.readline(1000)


def _findings(cells: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding for finding in cells[2:] if finding))


def _lines(path: Path) -> list[str]:
    raw = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            return [line for line in raw.decode(encoding).splitlines() if line.strip()]
        except UnicodeDecodeError:
            continue
    raise StoreError(f"{path} is neither UTF-8 nor GB 18030 text; fetch it again")


def _read_text(path: Path) -> tuple[list[str], np.ndarray]:
    """Lead names and samples x leads."""
    import pandas as pd

    if size_of_plain_file(path) > _LARGEST_FILE:
        raise RecordRejected(f"the file is larger than {_LARGEST_FILE:,} bytes")
    try:
        table = pd.read_csv(path, sep=r"\s+", dtype=np.float64, engine="c", on_bad_lines="error")
    except OSError as error:
        raise RecordRejected(f"{error.strerror}: {path.name}") from error
    except ValueError as error:
        raise RecordRejected(f"no table of numbers under lead names: {' '.join(str(error).split())[:160]}") from error
    units = table.to_numpy()
    if not (np.abs(units) < _LARGEST_UNIT).all() or not isinstance(table.index, pd.RangeIndex):
        raise RecordRejected("its lines do not all hold as many plain numbers as the first names leads")
    return [str(name) for name in table.columns], units
