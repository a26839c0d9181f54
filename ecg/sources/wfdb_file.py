"""Reading one WFDB record as twelve leads in millivolt."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ecg.errors import RecordRejected
from ecg.leads import in_standard_order

_MILLIVOLT_PER = {"mv": 1.0, "v": 1e3, "uv": 1e-3, "nv": 1e-6}


@dataclass(frozen=True)
class WfdbSignal:
    """What a WFDB header and its signal file hold: 12 x samples in mV, the rate in Hz, the comment lines."""

    signal: np.ndarray
    rate: float
    comments: tuple[str, ...]


def read_wfdb(path: Path) -> WfdbSignal:
    """Read the record whose header is `path`.hea.

    Raises:
        RecordRejected: the header or a signal file is broken, missing or shorter than it says.
    """
    import wfdb

    try:
        record = wfdb.rdrecord(str(path))
    except Exception as error:  # wfdb raises whatever its parser stumbles over: ValueError, IndexError, KeyError, ...
        raise RecordRejected(f"unreadable WFDB record: {_one_line(error)}") from error
    if record.p_signal is None or record.sig_name is None or record.units is None:
        raise RecordRejected("the header declares no signals")
    signal = in_standard_order(record.p_signal.T * _to_millivolt(record.units), record.sig_name)
    return WfdbSignal(signal, float(record.fs), tuple(record.comments))


def _to_millivolt(units: list[str]) -> np.ndarray:
    unknown = sorted({unit for unit in units if unit.lower() not in _MILLIVOLT_PER})
    if unknown:
        raise RecordRejected(f"unit {', '.join(unknown)} is not a voltage; known: nV, uV, mV, V")
    return np.array([[_MILLIVOLT_PER[unit.lower()]] for unit in units])


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.strerror}: {Path(error.filename).name}"
    text = " ".join(str(error).split()) or type(error).__name__
    return text if isinstance(error, ValueError) else f"{type(error).__name__}: {text}"
