"""20,000 spoilt records: every one is prepared or rejected with a reason of ours, in bounded time and memory."""

import resource
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import wfdb

from ecg.leads import LEADS
from ecg.preparation.chunk import prepare_chunk
from ecg.signal import Preprocessing
from ecg.sources import open_corpus
from ecg.synthetic import synthesize

SECONDS_PER_RECORD = 10
MEGABYTES = 700  # twice the largest recording that is read, as int16 and float64, and what the libraries take
HOSTILE = (
    b"-1",
    b"0",
    b"999999999999",
    b"-99999999999999999999",
    b"1e308",
    b"nan",
    b"inf",
    b"",
    b"\xff",
    b"1/0",
    b"%s",
)

Files = dict[Path, bytes]


def _flip(rng: np.random.Generator, content: bytes) -> bytes:
    spoilt = bytearray(content)
    for position in rng.integers(0, len(spoilt), rng.integers(1, 8)):
        spoilt[position] = rng.integers(0, 256)
    return bytes(spoilt)


def _truncate(rng: np.random.Generator, content: bytes) -> bytes:
    return content[: rng.integers(0, len(content))]


def _drop_line(rng: np.random.Generator, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    del lines[rng.integers(0, len(lines))]
    return b"".join(lines)


def _repeat_line(rng: np.random.Generator, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    lines.insert(rng.integers(0, len(lines)), lines[rng.integers(0, len(lines))])
    return b"".join(lines)


def _replace_word(rng: np.random.Generator, content: bytes) -> bytes:
    lines = content.split(b"\n")
    line = rng.integers(0, len(lines))
    words = lines[line].split(b" ")
    words[rng.integers(0, len(words))] = HOSTILE[rng.integers(0, len(HOSTILE))]
    lines[line] = b" ".join(words)
    return b"\n".join(lines)


def _replace_format(rng: np.random.Generator, content: bytes) -> bytes:
    """Another storage format, frame, skew or offset on every signal line."""
    formats = (b" 8 ", b" 61 ", b" 80 ", b" 160 ", b" 212 ", b" 310 ", b" 311 ", b" 508 ", b" 24 ", b" 32 ")
    spec = (*formats, b" 16x3 ", b" 16x99999999 ", b" 16:7 ", b" 16:999999 ", b" 16+7 ", b" 16+999999999 ")
    return content.replace(b" 16 ", spec[rng.integers(0, len(spec))])


def _empty(rng: np.random.Generator, content: bytes) -> bytes:
    return b""


def _lengthen(rng: np.random.Generator, content: bytes) -> bytes:
    return content + rng.bytes(int(rng.integers(1, 4000)))


OF_TEXT = (_flip, _truncate, _drop_line, _repeat_line, _replace_word, _replace_word, _replace_format, _empty, _lengthen)
OF_SIGNALS = (_flip, _truncate, _empty, _lengthen)


def _short_ecg() -> np.ndarray:
    return synthesize(0).adc[:, :700]


def _matlab(folder: Path) -> Files:
    adc = _short_ecg()
    lines = ["E00001 12 500 700", *(f"E00001.mat 16x1+24 1000.0(0)/mV 16 0 0 0 0 {lead}" for lead in LEADS)]
    header = "\n".join([*lines, "# Age: 50", "# Sex: Male", "# Dx: 426783006", ""])
    matlab = np.array([30, 12, 700, 0, 4], "<i4").tobytes() + b"val\0" + adc.T.astype("<i2").tobytes()
    return {folder / "E00001.hea": header.encode(), folder / "E00001.mat": matlab}


def _plain(folder: Path) -> Files:
    lines = ["S0001 12 500 700", *(f"S0001.dat 16 2000000/mV 16 0 0 0 0 {lead}" for lead in LEADS)]
    header = "\n".join([*lines, "#Dx: 426783006", ""])
    return {folder / "S0001.hea": header.encode(), folder / "S0001.dat": _short_ecg().T.astype("<i2").tobytes()}


def _packed(folder: Path) -> Files:
    """Format 212, which the wfdb package reads."""
    name, units, gain, zero = "r", ["mV"] * 12, [200.0] * 12, [0] * 12
    millivolt = _short_ecg().T / 1000
    wfdb.wrsamp(
        name, 500, units, list(LEADS), millivolt, fmt=["212"] * 12, adc_gain=gain, baseline=zero, write_dir=str(folder)
    )
    return {folder / "r.hea": (folder / "r.hea").read_bytes(), folder / "r.dat": (folder / "r.dat").read_bytes()}


def _text(folder: Path) -> Files:
    units = np.rint(_short_ecg()[[0, 1, *range(6, 12)]].T / 4.88).astype(int)
    record = "\n".join(["I II V1 V2 V3 V4 V5 V6", *(" ".join(map(str, row)) for row in units)])
    return {folder / "hf_label.txt": b"1.txt\t50\tMALE\tAF\n", folder / "train" / "1.txt": record.encode()}


@pytest.fixture
def bounded_in_time():
    """A record that takes longer than SECONDS_PER_RECORD fails the test instead of hanging it."""

    def give_up(number, frame):
        raise AssertionError(f"reading one record took longer than {SECONDS_PER_RECORD} s")

    earlier = signal.signal(signal.SIGALRM, give_up)
    yield lambda: signal.alarm(SECONDS_PER_RECORD)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, earlier)


@pytest.mark.parametrize(
    ("build", "layout", "entry", "count"),
    [
        (_matlab, "challenge", "E00001.hea", 8000),
        (_plain, "challenge", "S0001.hea", 8000),
        (_packed, "challenge", "r.hea", 2500),
        (_text, "tianchi", "train/1.txt", 1500),
    ],
)
def test_whatever_is_wrong_with_a_record_it_is_listed(tmp_path, bounded_in_time, build, layout, entry, count):
    (tmp_path / "train").mkdir()
    whole = build(tmp_path)
    for path, content in whole.items():
        path.write_bytes(content)
    corpus = open_corpus(tmp_path, rate=100.0, layout=layout)
    assert len(prepare_chunk(corpus, Preprocessing(), [entry]).rows) == 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reasons: set[str] = set()
    accepted = 0
    for number in range(count):
        rng = np.random.default_rng([count, number])
        path = list(whole)[rng.integers(0, len(whole))]
        if path.name == "hf_label.txt":
            path = tmp_path / "train" / "1.txt"
        path.write_bytes(_spoil(rng, path, whole[path]))
        bounded_in_time()
        chunk = prepare_chunk(corpus, Preprocessing(), [entry])
        assert bool(chunk.rows) != bool(chunk.rejected), number
        assert np.isfinite(chunk.signals).all(), number
        accepted += bool(chunk.rows)
        reasons |= {reason for _, reason in chunk.rejected}
        path.write_bytes(whole[path])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert 0.02 * count < accepted < 0.98 * count
    assert [reason for reason in reasons if _is_unforeseen(reason)] == []
    assert grown < MEGABYTES


def _spoil(rng: np.random.Generator, path: Path, content: bytes) -> bytes:
    spoilers: tuple[Callable[[np.random.Generator, bytes], bytes], ...] = (
        OF_TEXT if path.suffix in {".hea", ".txt"} else OF_SIGNALS
    )
    for _ in range(rng.integers(1, 3)):
        if content:
            content = spoilers[rng.integers(0, len(spoilers))](rng, content)
    return content


def _is_unforeseen(reason: str) -> bool:
    """Whether a reason is an exception nobody foresaw rather than a sentence of ours."""
    return reason.partition(":")[0].endswith(("Error", "Exception", "Warning"))
