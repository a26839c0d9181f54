"""WFDB headers as they are found, not as they should be.

The grammar is that of PhysioNet's header(5): a record line, one line per signal, comments after `#`. The wfdb package
refuses a record name with a suffix, which the 2020 challenge wrote, so the parser is ours; signal files in formats
other than 16 bits are still the package's business (see `ecg.sources.wfdb_file`).
"""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ecg.errors import RecordRejected

MAX_HEADER_BYTES = 1_000_000
_MAX_SIGNALS = 256
_DEFAULT_RATE = 250.0
_DEFAULT_GAIN = 200.0

_NUMBER = r"[-+]?(?:\d{1,18}\.?\d{0,18}|\.\d{1,18})(?:[eE][-+]?\d{1,3})?"
_RECORD_LINE = re.compile(
    rf"(?P<name>[^\s/]+)(?:/(?P<segments>\d{{1,9}}))?\s+(?P<signals>\d{{1,9}})"
    rf"(?:\s+(?P<rate>{_NUMBER})\S*(?:\s+(?P<samples>\d{{1,18}})(?:\s.*)?)?)?"
)
_SIGNAL_LINE = re.compile(
    rf"(?P<file>\S+)\s+(?P<format>\d{{1,4}})(?:x(?P<frame>\d{{1,9}}))?(?::(?P<skew>\d{{1,9}}))?"
    rf"(?:\+(?P<offset>\d{{1,12}}))?"
    rf"(?:\s+(?P<gain>{_NUMBER})(?:\((?P<baseline>[-+]?\d{{1,12}})\))?(?:/(?P<unit>\S+))?"
    rf"(?:\s+(?P<resolution>[-+]?\d{{1,9}})(?:\s+(?P<zero>[-+]?\d{{1,12}})(?:\s+(?P<initial>[-+]?\d{{1,12}})"
    rf"(?:\s+(?P<checksum>[-+]?\d{{1,12}})(?:\s+(?P<block>[-+]?\d{{1,12}})(?:\s+(?P<name>.*))?)?)?)?)?)?)?"
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One signal line.

    Attributes:
        file: name of the file that holds the samples.
        format: WFDB's number of the storage format.
        frame: samples per frame.
        skew: samples by which the signal lags.
        offset: bytes before the first sample.
        gain: ADC units per `unit`; 0 where the header leaves it open.
        baseline: ADC value of 0 `unit`.
        checksum: sum of the samples modulo 65,536, None where not given.
        name: the lead.
    """

    file: str
    format: int
    frame: int
    skew: int
    offset: int
    gain: float
    baseline: int
    unit: str
    checksum: int | None
    name: str

    @property
    def calibrated(self) -> bool:
        return self.gain != 0

    @property
    def units_per_adc(self) -> float:
        """What one ADC unit is worth; an open gain is 200, as header(5) has it."""
        return 1.0 / (self.gain or _DEFAULT_GAIN)


@dataclass(frozen=True, slots=True)
class Header:
    """What a .hea file says.

    Attributes:
        name: the record's name, without the suffix some headers add.
        segments: how many segments a multi-segment record has, else 0.
        rate: Hz.
        samples: per channel; None where the header leaves it to the file's length.
        comments: the comment lines without `#`.
    """

    name: str
    segments: int
    rate: float
    samples: int | None
    channels: tuple[Channel, ...]
    comments: tuple[str, ...]


def read_header(path: Path) -> Header:
    """Parse the header file `path`.

    Raises:
        RecordRejected: it cannot be read, or a line is not what the format asks for.
    """
    return parse_header(read_text(path))


def read_text(path: Path) -> str:
    """The header file as text.

    Raises:
        RecordRejected: it is missing, unreadable, empty or too large to be a header.
    """
    size_of_plain_file(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_HEADER_BYTES + 1)
    except OSError as error:
        raise RecordRejected(f"{error.strerror}: {path.name}") from error
    if not raw.strip():
        raise RecordRejected("the header is empty")
    if len(raw) > MAX_HEADER_BYTES:
        raise RecordRejected(f"the header is larger than {MAX_HEADER_BYTES:,} bytes")
    return raw.decode("utf-8", errors="replace")


def size_of_plain_file(path: Path) -> int:
    """Size in bytes of `path`, once it is known to be no pipe and no device, reading which may never end.

    Raises:
        RecordRejected: it is missing, out of reach, or no plain file.
    """
    try:
        said = path.stat()
    except OSError as error:
        raise RecordRejected(f"{error.strerror}: {path.name}") from error
    if not stat.S_ISREG(said.st_mode):
        raise RecordRejected(f"{path.name} is no plain file")
    return said.st_size


def parse_header(text: str) -> Header:
    """Parse a header's text.

    Raises:
        RecordRejected: a line is not what the format asks for; the line is quoted.
    """
    lines = [line.strip() for line in text.splitlines()]
    told = [line for line in lines if line and not line.startswith("#")]
    if not told:
        raise RecordRejected("the header has comments only")
    record = _match(_RECORD_LINE, told[0], "record line: expected `name signals rate samples`")
    count = int(record["signals"])
    if count > _MAX_SIGNALS:
        raise RecordRejected(f"the header declares {count} signals; at most {_MAX_SIGNALS} are read")
    segments = int(record["segments"] or 0)
    if not segments and len(told) < 1 + count:
        raise RecordRejected(f"the header declares {count} signals and describes {len(told) - 1}")
    rate = float(record["rate"] or _DEFAULT_RATE)
    if not 0 < rate < 1e6:
        raise RecordRejected(f"a sampling rate of {rate:g} Hz; it must be above 0 and below a million")
    return Header(
        name=record["name"].removesuffix(".mat").removesuffix(".dat").removesuffix(".hea"),
        segments=segments,
        rate=rate,
        samples=int(record["samples"] or 0) or None,
        channels=() if segments else tuple(_channel(line) for line in told[1 : 1 + count]),
        comments=tuple(line.lstrip("#").strip() for line in lines if line.startswith("#")),
    )


def said_in(comments: tuple[str, ...]) -> Mapping[str, str]:
    """The comments of the form `key: value`; keys in lower case, the first of equal keys counts."""
    said: dict[str, str] = {}
    for line in comments:
        key, colon, value = line.partition(":")
        if colon:
            said.setdefault(key.strip().lower(), value.strip())
    return said


def codes_in(comments: tuple[str, ...]) -> tuple[str, ...]:
    """The diagnosis codes of a challenge header, in order, without blanks and repetitions.

    They stand in lines `#Dx:` or `# Dx:`, divided by commas, or by `|` where two codes mean one class.
    """
    lines = (line.partition(":") for line in comments)
    cells = (value.replace("|", ",").split(",") for key, _, value in lines if key.strip().lower() == "dx")
    codes = (code.strip() for cell in cells for code in cell)
    return tuple(dict.fromkeys(code for code in codes if code))


def _channel(line: str) -> Channel:
    said = _match(_SIGNAL_LINE, line, "signal line: expected `file format gain(baseline)/unit ...`")
    gain = float(said["gain"] or 0)
    if not 0 <= gain < 1e18:
        raise RecordRejected(f"a gain of {gain:g} ADC units; it must be above 0")
    zero = int(said["zero"] or 0)
    return Channel(
        file=said["file"],
        format=int(said["format"]),
        frame=int(said["frame"] or 1),
        skew=int(said["skew"] or 0),
        offset=int(said["offset"] or 0),
        gain=gain,
        baseline=zero if said["baseline"] is None else int(said["baseline"]),
        unit=said["unit"] or "mV",
        checksum=None if said["checksum"] is None else int(said["checksum"]),
        name=(said["name"] or "").strip(),
    )


def _match(pattern: re.Pattern[str], line: str, expected: str) -> re.Match[str]:
    found = pattern.fullmatch(line)
    if found is None:
        raise RecordRejected(f"{line[:60]!r} is no {expected}")
    return found
