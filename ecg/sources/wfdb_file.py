"""Reading one WFDB record as twelve leads in millivolt.

Signal files of 16-bit samples, which is nearly all of them, are read here (14 times as fast as the wfdb package, see
SOURCES); every other format is the package's.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecg.errors import RecordRejected
from ecg.leads import LEADS, derivation, locate_leads
from ecg.sources.header import Channel, Header, read_header, size_of_plain_file

MAX_VALUES = 24_000_000  # samples of all channels: twelve leads for 33 minutes at 1,000 Hz, 192 MB as float64
_MISSING_OF = {16: -32768, 24: -8388608, 32: -2147483648, 61: -32768, 80: -128, 160: -32768, 212: -2048}  # signal(5)
_MISSING_OF |= {310: -512, 311: -512}
_MILLIVOLT_PER = {"mv": 1.0, "millivolt": 1.0, "v": 1e3, "volt": 1e3, "uv": 1e-3, "μv": 1e-3, "µv": 1e-3, "nv": 1e-6}
_FORMATS = {8, 508, 516, 524, *_MISSING_OF}
_UNMARKED = -32768  # beyond what the formats without a mark for missing samples hold
_BLOCK = 64
_MATLAB_HEADER = 24
_MATLAB_INT16 = 30


@dataclass(frozen=True)
class WfdbSignal:
    """What a WFDB header and its signal files hold.

    Attributes:
        signal: 12 x samples in mV, NaN where not recorded.
        rate: Hz.
        flags: what had to be done, or did not agree.
    """

    signal: np.ndarray
    rate: float
    flags: tuple[str, ...]


def read_wfdb(path: Path, header: Header | None = None) -> WfdbSignal:
    """Read the record whose header file is `path`.

    Args:
        header: takes the place of the file's own, where that is known to be wrong.

    Raises:
        RecordRejected: the header or a signal file is broken, missing, shorter than it says, or too large.
    """
    header = header or read_header(path)
    if header.segments:
        raise RecordRejected(f"a record of {header.segments} segments; store them as single records")
    if not header.channels:
        raise RecordRejected("the header declares no signals")
    position = locate_leads([channel.name for channel in header.channels])
    flags = list(_naming_flags(path, header))
    used = [header.channels[index] for index in position.values()]
    files = {channel.file for channel in used}
    beside = [channel for channel in header.channels if channel.file in files]
    if any(channel.format != 16 or channel.frame != 1 or channel.skew for channel in beside):
        frames = _read_by_package(path, header, list(position.values()), flags)
    else:
        frames = _read_16_bit(path, header, list(position.values()), flags)
    if not all(channel.calibrated for channel in used):
        flags.append("uncalibrated")
    return WfdbSignal(_twelve(frames, position, flags), header.rate, tuple(flags))


def _naming_flags(path: Path, header: Header) -> tuple[str, ...]:
    return () if header.name == path.stem else (f"header_name:{header.name[:40]}",)


def _twelve(frames: np.ndarray, position: dict[str, int], flags: list[str]) -> np.ndarray:
    if list(position) == list(LEADS):
        return frames.T
    matrix, derived = derivation(position)
    if derived:
        flags.append(f"derived:{','.join(derived)}")
    return np.asarray(matrix @ frames.T) if derived else frames.T[[list(position).index(lead) for lead in LEADS]]


def _read_16_bit(path: Path, header: Header, chosen: list[int], flags: list[str]) -> np.ndarray:
    """The chosen channels in mV: samples x channels."""
    frames: np.ndarray | None = None
    for name in dict.fromkeys(header.channels[index].file for index in chosen):
        together = [i for i, channel in enumerate(header.channels) if channel.file == name]
        adc = _frames_of_file(_signal_file(path, name), [header.channels[i] for i in together], header.samples)
        here = [k for k, index in enumerate(chosen) if header.channels[index].file == name]
        channels = [header.channels[chosen[k]] for k in here]
        adc = _columns(adc, [together.index(chosen[k]) for k in here])
        _compare_checksums(adc, channels, flags)
        millivolt = _millivolt(adc, channels)
        if len(here) == len(chosen):
            return millivolt
        if frames is None:
            frames = np.full((len(millivolt), len(chosen)), np.nan)
        if len(millivolt) != len(frames):
            raise RecordRejected(f"the signal files hold {len(frames)} and {len(millivolt)} samples")
        frames[:, here] = millivolt
    assert frames is not None
    return frames


def _signal_file(path: Path, name: str) -> Path:
    """The signal file beside the header; where the record was renamed, the one of the header's own name."""
    if Path(name).name != name or name in {".", ".."}:
        raise RecordRejected(f"the signal file {name[:60]!r} is not beside its header")
    file = path.with_name(name)
    renamed = path.with_suffix(Path(name).suffix)
    return renamed if not file.exists() and renamed.suffix in {".mat", ".dat"} else file


def _frames_of_file(file: Path, channels: list[Channel], declared: int | None) -> np.ndarray:
    """The interleaved samples of one file: samples x channels, int16."""
    width, offset = len(channels), channels[0].offset
    if size_of_plain_file(file) > offset + 2 * MAX_VALUES:
        raise RecordRejected(f"{file.name} is larger than {2 * MAX_VALUES:,} bytes, the most that is read")
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise RecordRejected(f"{error.strerror}: {file.name}") from error
    if file.suffix == ".mat" and offset == _MATLAB_HEADER:
        _check_matlab_header(raw, width)
    held = max(0, len(raw) - offset) // (2 * width)
    samples = held if declared is None else declared
    if not 0 < samples <= held:
        raise RecordRejected(f"{file.name} holds {held:,} of the {samples:,} samples that the header declares")
    return np.frombuffer(raw, "<i2", samples * width, offset).reshape(samples, width)


def _check_matlab_header(raw: bytes, width: int) -> None:
    """The 24 bytes before the samples: type, rows, columns, no imaginary part, the name "val" (MATLAB level 4)."""
    if len(raw) < _MATLAB_HEADER:
        raise RecordRejected(f"the .mat file holds {len(raw)} bytes, fewer than its {_MATLAB_HEADER} bytes of header")
    kind, rows, _, _, _ = struct.unpack_from("<5i", raw)
    if (kind, rows) != (_MATLAB_INT16, width):
        raise RecordRejected(f"the .mat file is of type {kind} with {rows} rows; expected {_MATLAB_INT16} with {width}")


def _columns(adc: np.ndarray, columns: list[int]) -> np.ndarray:
    return adc if columns == list(range(adc.shape[1])) else adc[:, columns]


def _compare_checksums(adc: np.ndarray, channels: list[Channel], flags: list[str]) -> None:
    """Modulo 65,536, as headers write them signed or unsigned; a header that says 0 throughout says nothing."""
    if not any(channel.checksum for channel in channels):
        return
    wrong = [
        channel.name
        for channel, found in zip(channels, _sums(adc).tolist(), strict=True)
        if channel.checksum is not None and (channel.checksum - found) % 65536
    ]
    if wrong:
        flags.append(f"checksum:{','.join(wrong)}")


def _sums(adc: np.ndarray) -> np.ndarray:
    """Sum of each column modulo 65,536; in blocks of rows, because numpy adds long rows faster than many short ones."""
    samples, channels = adc.shape
    whole = samples // _BLOCK * _BLOCK
    blocks = np.add.reduce(adc[:whole].reshape(-1, _BLOCK * channels), axis=0, dtype=np.int16)
    rest = np.add.reduce(adc[whole:], axis=0, dtype=np.int16)
    return np.asarray(np.add.reduce(blocks.reshape(_BLOCK, channels), axis=0, dtype=np.int16) + rest)


def _millivolt(adc: np.ndarray, channels: list[Channel]) -> np.ndarray:
    scale = np.array([_to_millivolt(channel.unit) * channel.units_per_adc for channel in channels])
    zero = np.array([float(channel.baseline) for channel in channels])
    millivolt = np.multiply(adc, _alike(scale), dtype=np.float64)
    if zero.any():
        millivolt -= zero * scale
    missing = adc == _alike(np.array([_MISSING_OF.get(channel.format, _UNMARKED) for channel in channels], adc.dtype))
    if missing.any():
        millivolt[missing] = np.nan
    return millivolt


def _alike(values: np.ndarray) -> np.ndarray:
    """One value where all are equal, with which numpy is four times as fast."""
    return values[:1] if (values == values[0]).all() else values


def _read_by_package(path: Path, header: Header, chosen: list[int], flags: list[str]) -> np.ndarray:
    """The chosen channels in mV, their samples read by the wfdb package: samples x channels."""
    import wfdb

    _check_sizes(path, header)
    try:
        record = wfdb.rdrecord(str(path.with_suffix("")), channels=chosen, physical=False)
    except Exception as error:  # wfdb raises whatever its parser stumbles over: ValueError, IndexError, KeyError, ...
        raise RecordRejected(f"unreadable WFDB record: {_one_line(error)}") from error
    if record.d_signal is None or record.d_signal.shape[1] != len(chosen):
        raise RecordRejected("the header declares no signals")
    channels = [header.channels[index] for index in chosen]
    if all(channel.frame == 1 and not channel.skew for channel in channels):
        _compare_checksums(record.d_signal, channels, flags)
    return _millivolt(record.d_signal.astype(np.int64), channels)


def _check_sizes(path: Path, header: Header) -> None:
    """The package allocates what a header declares; no format holds more than 16 samples in a byte."""
    frame = max(channel.frame for channel in header.channels)
    if max((header.samples or 0) * frame, frame) * len(header.channels) > MAX_VALUES:
        raise RecordRejected(f"{header.samples} samples of {len(header.channels)} signals; too many to read")
    for channel in header.channels:
        if channel.format not in _FORMATS:
            raise RecordRejected(f"storage format {channel.format} is unknown")
        file = _signal_file(path, channel.file)
        held = size_of_plain_file(file)
        if held > 2 * MAX_VALUES or channel.offset >= held or (header.samples or 0) > 16 * held:
            raise RecordRejected(f"{file.name} holds {held:,} bytes, which cannot be what the header declares")


def _to_millivolt(unit: str) -> float:
    if unit.lower() not in _MILLIVOLT_PER:
        raise RecordRejected(f"unit {unit[:20]} is not a voltage; known: nV, uV, mV, V")
    return _MILLIVOLT_PER[unit.lower()]


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {Path(error.filename).name}"
    text = " ".join(str(error).split()) or type(error).__name__
    return text[:200] if isinstance(error, ValueError) else f"{type(error).__name__}: {text[:200]}"
