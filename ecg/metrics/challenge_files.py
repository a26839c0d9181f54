"""The challenge's files: a label header and a classifier's output for each recording, paired by file name.

An output `NAME.csv` holds `#NAME` and three lines of equal length: classes, decisions (0 or 1), scores (0 to 1). A
class is a code, or equivalent codes joined by `|`. They are read the official evaluator's way
(github.com/physionetchallenges/evaluation-2021): columns of equivalent codes are one class, decided where one of them
is, its score the mean of those that are not NaN; a class without a column is not decided and has the score 0, as has
one whose scores are all NaN. Where that evaluator would take a broken file for one that decides nothing, this one
refuses it.
"""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ecg.errors import RecordRejected, ScoreError
from ecg.labels import CHALLENGE
from ecg.sources.header import codes_in, read_text, said_in

_FORM = "an output holds `#record` and three lines of equal length: classes, decisions (0 or 1), scores (0 to 1)"
_DECISIONS = dict.fromkeys(("1", "1.0", "True", "true", "T", "t"), True) | dict.fromkeys(
    ("0", "0.0", "False", "false", "F", "f", "NaN", "nan", ""), False
)


@dataclass(frozen=True)
class Recordings:
    """What is true, decided and how probable, in the order of `ecg.labels.CHALLENGE`.

    Attributes:
        names: file names without suffix, sorted.
        labels, decisions: N x 26, bool.
        probabilities: N x 26 in [0, 1], without NaN.
        undecided: for each scored class that outputs have no column for, how many; it counts as decided 0 with score 0.
        unscored_codes: for each code outside the 26 classes, how many recordings name it in header or output; the
            most frequent first.
    """

    names: list[str]
    labels: np.ndarray
    decisions: np.ndarray
    probabilities: np.ndarray
    undecided: dict[str, int]
    unscored_codes: dict[str, int]


def read_recordings(labels: Path, outputs: Path) -> Recordings:
    """Read every header (.hea) under `labels` and its output (.csv) under `outputs`.

    Raises:
        ScoreError: a folder has none, a header has no output or the other way round, or a file is not as it should be.
    """
    headers, files = _find(labels, ".hea"), _find(outputs, ".csv")
    _check_pairs(headers, files, outputs)
    names = sorted(headers)
    truth, decisions = (np.zeros((len(names), len(CHALLENGE.labels)), dtype=bool) for _ in range(2))
    probabilities = np.zeros(truth.shape)
    unscored: Counter[str] = Counter()
    without_column = np.zeros(truth.shape[1], dtype=int)
    for i, name in enumerate(names):
        codes = _read_diagnoses(headers[name])
        truth[i, list(CHALLENGE.positions(codes))] = True
        columns, decisions[i], probabilities[i] = _read_output(files[name])
        unscored.update(CHALLENGE.unscored(codes) | columns.unscored)
        without_column += ~columns.membership.any(axis=0)
    by_count = sorted(unscored.items(), key=lambda item: (-item[1], item[0]))
    undecided = {name: int(n) for name, n in zip(CHALLENGE.names, without_column, strict=True) if n}
    return Recordings(names, truth, decisions, probabilities, undecided, dict(by_count))


def _find(folder: Path, suffix: str) -> dict[str, Path]:
    """The files with `suffix` in `folder` and below, by their names without it."""
    found: dict[str, Path] = {}
    for place, _, files in os.walk(folder):
        for path in (Path(place, file) for file in files if not file.startswith(".")):
            if path.suffix.lower() != suffix:
                continue
            if path.stem in found:
                raise ScoreError(
                    f"{found[path.stem]} and {path} are both named {path.stem}, but a recording has one "
                    f"{suffix} file; score the folders one by one"
                )
            found[path.stem] = path
    if not found:
        raise ScoreError(
            f"no {suffix} files in {folder}; give the folder of the label headers, then that of the outputs"
        )
    return found


def _check_pairs(headers: dict[str, Path], files: dict[str, Path], outputs: Path) -> None:
    without_output, without_label = sorted(headers.keys() - files), sorted(files.keys() - headers)
    if without_output:
        first = without_output[0]
        raise ScoreError(
            f"{len(without_output)} of {len(headers)} recordings have no output file, the first is {first}; "
            f"write {first}.csv in {outputs}, or leave its header out"
        )
    if without_label:
        first = without_label[0]
        raise ScoreError(
            f"{len(without_label)} of {len(files)} outputs have no label header, the first is {files[first]}; "
            f"add {first}.hea to the labels, or leave the output out"
        )


def _read_diagnoses(path: Path) -> tuple[str, ...]:
    try:
        text = read_text(path)
    except RecordRejected as error:
        raise ScoreError(f"{path}: {error}") from error
    comments = tuple(line.lstrip("#").strip() for line in text.splitlines() if line.startswith("#"))
    if "dx" not in said_in(comments):
        raise ScoreError(
            f"{path} has no line `#Dx: codes`; write one, with no code for a recording without a diagnosis"
        )
    return codes_in(comments)


@dataclass(frozen=True)
class _Columns:
    """What an output's columns mean: `membership` (columns x 26) is 1 where a column speaks of a class."""

    membership: np.ndarray
    unscored: frozenset[str]


@lru_cache(maxsize=64)
def _columns(line: str) -> _Columns:
    """Outputs of one classifier share their line of classes, so it is understood once."""
    cells = line.split(",")
    membership = np.zeros((len(cells), len(CHALLENGE.labels)))
    for column, cell in enumerate(cells):
        membership[column, list(CHALLENGE.positions(_split_equivalents([cell])))] = 1.0
    return _Columns(membership, CHALLENGE.unscored(_split_equivalents(cells)))


def _read_output(path: Path) -> tuple[_Columns, np.ndarray, np.ndarray]:
    """What the columns mean, and the decision and the score of each of the 26 classes."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    widths = [line.count(",") + 1 for line in lines]
    if len(lines) != 3:
        raise ScoreError(f"{path} has {len(lines)} lines besides comments, not 3; {_FORM}")
    if len(set(widths)) != 1:
        raise ScoreError(f"{path} has {widths[0]} classes, {widths[1]} decisions and {widths[2]} scores; {_FORM}")
    columns = _columns(lines[0])
    decided = _decisions(path, lines[1]) @ columns.membership > 0
    scores = _scores(path, lines[2])
    told = ~np.isnan(scores)
    equivalents = np.maximum(told @ columns.membership, 1.0)
    return columns, decided, np.where(told, scores, 0.0) @ columns.membership / equivalents


def _decisions(path: Path, line: str) -> np.ndarray:
    try:
        return np.array([_DECISIONS[cell.strip()] for cell in line.split(",")])
    except KeyError as error:
        raise ScoreError(f"{path}: the decision {error} is neither 0 nor 1; {_FORM}") from error


def _scores(path: Path, line: str) -> np.ndarray:
    try:
        scores = np.array([float(cell.strip() or 0) for cell in line.split(",")])
    except ValueError as error:
        raise ScoreError(f"{path}: {error}; {_FORM}") from error
    outside = scores[(scores < 0) | (scores > 1)]
    if len(outside):
        raise ScoreError(f"{path}: the score {outside[0]:g} is not in 0 to 1; {_FORM}")
    return scores


def _split_equivalents(entries: Iterable[str]) -> list[str]:
    codes = (code.strip() for entry in entries for code in entry.split("|"))
    return [code for code in codes if code]
