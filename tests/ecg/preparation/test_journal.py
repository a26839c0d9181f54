import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from ecg.preparation.chunk import Chunk, Origin
from ecg.preparation.duplicates import WIDTH
from ecg.preparation.journal import Journal
from ecg.signal import Preprocessing

HOW = Preprocessing(100.0, 1.0)
ENTRIES = [str(i) for i in range(6)]


def _chunk(value: int) -> Chunk:
    signals = np.full((2, 12, 100), value, np.float16)
    row = {"value": value, "sha256": hashlib.sha256(signals[0]).hexdigest()}
    return Chunk(3, [row] * 2, [(str(value), "bad")], signals, np.full((2, WIDTH), value, np.float32))


def _journal(folder: Path) -> Journal:
    return Journal(folder / "store", Origin(folder / "corpus", "challenge", None, HOW), ENTRIES)


@pytest.fixture
def written(tmp_path):
    """The working folder after two chunks of three entries each."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "labels.csv").write_text("record,labels")
    with _journal(tmp_path) as journal:
        journal.append(_chunk(1))
        journal.append(_chunk(2))
        return journal.folder


def test_all_that_was_appended_is_taken_up_again(tmp_path, written):
    with _journal(tmp_path) as journal:
        assert (journal.done, len(journal.rows), journal.signals.count) == (6, 4, 4)
        assert journal.rejected == [("1", "bad"), ("2", "bad")]
        assert journal.sketches()[:, 0].tolist() == [1, 1, 2, 2]
        assert journal.signals.read(0, 4)[:, 0, 0].tolist() == [1, 1, 2, 2]


def _cut_line(folder):
    lines = folder / "chunks.jsonl"
    lines.write_bytes(lines.read_bytes()[:-5])


def _cut_signals(folder):
    signals = folder / "signals.npy"
    signals.write_bytes(signals.read_bytes()[:-5])


def _cut_sketches(folder):
    sketches = folder / "sketches.f32"
    sketches.write_bytes(sketches.read_bytes()[:-5])


def _blank_signals(folder):
    signals = folder / "signals.npy"
    whole = signals.read_bytes()
    signals.write_bytes(whole[:-100] + b"\0" * 100)


def _cut_newline(folder):
    lines = folder / "chunks.jsonl"
    lines.write_bytes(lines.read_bytes()[:-1])


def _blank_sketches(folder):
    sketches = folder / "sketches.f32"
    whole = sketches.read_bytes()
    sketches.write_bytes(whole[:-100] + b"\0" * 100)


def _strange_line(folder):
    lines = folder / "chunks.jsonl"
    first, *_ = lines.read_bytes().splitlines(keepends=True)
    lines.write_bytes(first + b'{"garb": 1}\n')


CRASHES = [_cut_line, _cut_newline, _strange_line, _cut_signals, _cut_sketches, _blank_signals, _blank_sketches]


@pytest.mark.parametrize("crash", CRASHES)
def test_what_a_crash_left_half_written_is_done_again(tmp_path, written, crash):
    crash(written)
    with _journal(tmp_path) as journal:
        assert (journal.done, len(journal.rows), journal.signals.count) == (3, 2, 2)
        journal.append(_chunk(3))
    with _journal(tmp_path) as journal:
        assert journal.sketches()[:, 0].tolist() == [1, 1, 3, 3]
        assert journal.signals.read(0, 4)[:, 0, 0].tolist() == [1, 1, 3, 3]
        lines = [json.loads(line) for line in (written / "chunks.jsonl").open()]
        assert [line["rows"][0]["value"] for line in lines] == [1, 3]


def test_what_a_power_cut_garbled_is_begun_anew(tmp_path, written):
    lines = written / "chunks.jsonl"
    lines.write_bytes(b"\0" * (len(lines.read_bytes()) - 1) + b"\n")
    with _journal(tmp_path) as journal:
        assert (journal.done, journal.signals.count) == (0, 0)


def test_other_entries_begin_anew(tmp_path, written):
    with Journal(tmp_path / "store", Origin(tmp_path / "corpus", "challenge", None, HOW), ENTRIES[:-1]) as journal:
        assert (journal.done, journal.rows, journal.signals.count) == (0, [], 0)


def test_a_corpus_that_was_changed_begins_anew(tmp_path, written):
    (tmp_path / "corpus" / "labels.csv").write_text("record,diagnosis")
    with _journal(tmp_path) as journal:
        assert (journal.done, journal.rows) == (0, [])
