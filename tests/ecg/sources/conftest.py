"""A small corpus in every known layout, all of the same ECGs, written here by hand."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pytest

from ecg.leads import LEADS
from ecg.synthetic import synthesize

RECORDS = 4
SAMPLES = 1200


@dataclass(frozen=True)
class Example:
    """A corpus, what it holds, and how to spoil its first record.

    Attributes:
        layout: its name.
        root: its folder.
        truth: mV, 12 x samples, of each entry in order.
        rate: Hz.
        tolerance: mV; what the layout's own rounding may cost.
        damage: spoils the signal of the first entry.
    """

    layout: str
    root: Path
    truth: list[np.ndarray]
    rate: float
    tolerance: float
    damage: Callable[[], object]


def adc(index: int) -> np.ndarray:
    """ECG number `index`, 12 x SAMPLES at 1,000 units per mV."""
    return synthesize(2 * index).adc[:, :SAMPLES]


def write_wfdb(folder: Path, name: str, signal: np.ndarray, *, rate: int, comments: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    sums = [int(row.sum(dtype=np.int64).astype(np.int16)) for row in signal]
    lines = [f"{name} 12 {rate} {signal.shape[1]}"]
    lines += [f"{name}.dat 16 1000(0)/mV 16 0 0 {total} 0 {lead}" for total, lead in zip(sums, LEADS, strict=True)]
    (folder / f"{name}.hea").write_text("\n".join(lines) + f"\n{comments}")
    signal.T.astype("<i2").tofile(folder / f"{name}.dat")


def _challenge(root: Path) -> Example:
    names = [f"E0000{i}" for i in range(RECORDS)]
    for i, name in enumerate(names):
        write_wfdb(root / "training/georgia/g1", name, adc(i), rate=500, comments="#Age: 50\n#Dx: 426783006\n")
    damaged = root / "training/georgia/g1/E00000.dat"
    truth = [adc(i) / 1000 for i in range(RECORDS)]
    return Example("challenge", root, truth, 500, 1e-9, lambda: damaged.write_bytes(b"\0"))


def _ptbxl(root: Path) -> Example:
    rows = []
    for i in range(RECORDS):
        place = f"records100/00000/{i:05d}_lr"
        write_wfdb(root / "records100/00000", f"{i:05d}_lr", adc(i), rate=100)
        rows.append([i, f"{i}.0", "57.0", i % 2, "{'NORM': 100.0, 'SR': 0.0}", 1 + i, place, place])
    header = ["ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", "filename_lr", "filename_hr"]
    _write_csv(root / "ptbxl_database.csv", [header, *rows])
    _write_csv(
        root / "scp_statements.csv",
        [
            ["", "description", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass"],
            ["NORM", "normal ECG", "1.0", "", "", "NORM", "NORM"],
            ["CLBBB", "complete left bundle branch block", "1.0", "", "", "CD", "CLBBB"],
            ["SR", "sinus rhythm", "", "", "1.0", "", ""],
        ],
    )
    damaged = root / "records100/00000/00000_lr.dat"
    truth = [adc(i) / 1000 for i in range(RECORDS)]
    return Example("ptbxl", root, truth, 100, 1e-9, lambda: damaged.write_bytes(b"\0"))


def _code15(root: Path) -> Example:
    header = ["exam_id", "age", "is_male", "1dAVb", "RBBB", "LBBB", "SB", "ST", "AF", "patient_id", "trace_file"]
    diagnosed = ["False", "True", "False", "False", "False", "False"]
    rows = [[100 + i, 40 + i, i % 2 == 0, *diagnosed, i, "exams_part0.hdf5"] for i in range(RECORDS)]
    _write_csv(root / "exams.csv", [header, *rows])
    tracings = np.zeros((RECORDS + 1, 4096, 12), np.float32)
    for i in range(RECORDS):
        tracings[i, 1448 : 1448 + SAMPLES] = adc(i).T / 1000
        tracings[i, 1448] = tracings[i, 1448 + SAMPLES - 1] = 0.001  # so that the recording's ends are no zeros
    with h5py.File(root / "exams_part0.hdf5", "w") as part:
        part["exam_id"] = np.array([*range(100, 100 + RECORDS), 0])
        part["tracings"] = tracings

    def damage() -> None:
        with h5py.File(root / "exams_part0.hdf5", "r+") as part:
            part["tracings"][0] = 0

    truth = [row[1448 : 1448 + SAMPLES].T.astype(float) for row in tracings[:RECORDS]]
    return Example("code15", root, truth, 400, 1e-6, damage)


def _tianchi(root: Path) -> Example:
    (root / "train").mkdir()
    order = [LEADS.index(name) for name in ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")]
    listed = []
    for i in range(RECORDS):
        units = np.rint(adc(i)[order].T / 4.88).astype(int)
        lines = ["I II V1 V2 V3 V4 V5 V6", *(" ".join(map(str, row)) for row in units)]
        (root / "train" / f"{i}.txt").write_text("\n".join(lines) + "\n")
        listed.append(f"{i}.txt\t{50 + i}\tMALE\t窦性心律\t电轴左偏")
    (root / "hf_round1_label.txt").write_text("\n".join(listed) + "\n", encoding="utf-8")
    truth = [adc(i) / 1000 for i in range(RECORDS)]
    damaged = root / "train/0.txt"
    return Example("tianchi", root, truth, 500, 0.006, lambda: damaged.write_text("I II V1\n1 2 x\n"))


def _wfdb(root: Path) -> Example:
    for i in range(RECORDS):
        write_wfdb(root / f"ward{i % 2}", f"rec{i}", adc(i), rate=500)
    rows = [[f"ward{i % 2}/rec{i}", f"p{i // 2}", "east", "AF;SB" if i % 2 else "AF"] for i in range(RECORDS)]
    _write_csv(root / "labels.csv", [["record", "patient", "hospital", "labels"], *rows])
    truth = [adc(i) / 1000 for i in (0, 2, 1, 3)]
    damaged = root / "ward0/rec0.dat"
    return Example("wfdb", root, truth, 500, 1e-9, damaged.unlink)


def _write_csv(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)


BUILDERS = {"challenge": _challenge, "ptbxl": _ptbxl, "code15": _code15, "tianchi": _tianchi, "wfdb": _wfdb}


@pytest.fixture
def make_example(tmp_path: Path) -> Callable[[str], Example]:
    """Builds the small corpus of a layout."""

    def make(layout: str) -> Example:
        root = tmp_path / layout
        root.mkdir()
        return BUILDERS[layout](root)

    return make
