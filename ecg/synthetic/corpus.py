"""Writing synthetic ECGs as the challenge lays out its records, so that the same reader serves both."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ecg.errors import StoreError
from ecg.leads import LEADS
from ecg.synthetic.record import SyntheticRecord, generate

_RECORDS_PER_FOLDER = 1000


def write_corpus(
    out: Path,
    count: int,
    *,
    seconds: float = 10.0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write `count` records below `out`/training/<source>/g<n>/ as .hea and .mat (MATLAB v4, int16).

    The corpus is written beside its place and renamed: it exists whole or not at all.

    Raises:
        StoreError: `out` exists already or cannot be written.
    """
    if out.exists():
        raise StoreError(f"{out} exists already; choose another --out or remove it first")
    temporary = out.with_name(f".{out.name}.partial-{os.getpid()}")
    try:
        for index, record in enumerate(generate(count, seconds=seconds, seed=seed)):
            folder = temporary / "training" / record.device.source / f"g{1 + index // _RECORDS_PER_FOLDER}"
            folder.mkdir(parents=True, exist_ok=True)
            _write_record(folder, record)
            if progress:
                progress(index + 1, count)
        temporary.rename(out)
    except OSError as error:
        raise StoreError(f"cannot write {out}: {error.strerror}; choose another --out") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_record(folder: Path, record: SyntheticRecord) -> None:
    from scipy.io import savemat

    savemat(folder / f"{record.name}.mat", {"val": record.adc}, format="4")
    (folder / f"{record.name}.hea").write_text(_header(record))


def _header(record: SyntheticRecord) -> str:
    """A header in the 2021 challenge's style; 24 bytes of MATLAB header precede the samples."""
    gain = f"{record.device.gain:.1f}(0)/mV"
    lines = [f"{record.name} {len(LEADS)} {record.device.rate} {record.adc.shape[1]}"]
    lines += [
        f"{record.name}.mat 16x1+24 {gain} 16 0 {row[0]} {_checksum(row)} 0 {lead}"
        for lead, row in zip(LEADS, record.adc, strict=True)
    ]
    lines += [f"# Age: {record.age}", f"# Sex: {record.sex}", f"# Dx: {','.join(record.codes)}"]
    return "\n".join([*lines, "# Rx: Unknown", "# Hx: Unknown", "# Sx: Unknown", ""])


def _checksum(row: np.ndarray) -> int:
    """WFDB's checksum: the samples' sum as a signed 16-bit number."""
    return int(row.sum(dtype=np.int64).astype(np.int16))
