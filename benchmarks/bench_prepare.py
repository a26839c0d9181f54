"""Records prepared per second, and batches read from a store, both sides in one run.

    python benchmarks/bench_prepare.py [--records 6000] [--stored 20000]

Preparing is read, filter, resample 500 -> 250 Hz, normalise, store. The straightforward way is the wfdb package and
SciPy record by record, with one output file each; ours is `prepare` as a user calls it, with its checks, its flags, the
search for copies and the folds.

Expected before measuring: 3 to 4 times the records/s on one core (reading 10 times as fast, filter and resampling 5
times; hashes, float16 and bookkeeping stay), 1.8 times that on two. Batches of 128 random 10-s windows: above 20,000
records/s once the file is in memory, which is 20 times what a trainer at 1,000 records/s eats.
"""

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import wfdb
from scipy import signal as dsp

from ecg.labels import CHALLENGE
from ecg.preparation import prepare
from ecg.signal import Preprocessing
from ecg.store import RECORD_COLUMNS, RecordStore
from ecg.store.layout import SIGNALS
from ecg.store.writer import SignalFile, StoreContent, write_tables
from ecg.synthetic import write_corpus

RATE = 250.0
BATCH = 128
TRAINER = 1000


def prepare_plainly(header: Path) -> np.ndarray:
    """The straightforward way: 12 x L, float64."""
    record = wfdb.rdrecord(str(header.with_suffix("")))
    sections = dsp.butter(3, (1, 47), btype="bandpass", fs=record.fs, output="sos")
    filtered = dsp.sosfiltfilt(sections, record.p_signal.T, axis=1)
    resampled = dsp.resample_poly(filtered, int(RATE), record.fs, axis=1)
    centred = resampled - resampled.mean(axis=1, keepdims=True)
    return np.asarray(centred / resampled.std(axis=1, keepdims=True))


def plain_seconds(headers: list[Path], out: Path) -> float:
    out.mkdir()
    os.sync()
    started = time.perf_counter()
    for header in headers:
        np.save(out / f"{header.stem}.npy", prepare_plainly(header).astype(np.float16))
    return time.perf_counter() - started


def our_rates(corpus: Path, out: Path, processes: int) -> tuple[float, float]:
    """Records/s of the whole call, and from the second quarter on, when all processes have started."""
    os.sync()  # what was written before must not be paid for here
    started = time.perf_counter()
    marks: list[tuple[int, float]] = []
    prepare(
        corpus,
        out,
        Preprocessing(RATE),
        processes=processes,
        progress=lambda done, total: marks.append((done, time.perf_counter())),
    )
    whole = marks[-1][0] / (time.perf_counter() - started)
    running = [mark for mark in marks if mark[0] >= marks[-1][0] / 4]
    return whole, (running[-1][0] - running[0][0]) / (running[-1][1] - running[0][1])


def largest_difference(headers: list[Path], store: RecordStore) -> float:
    """In units of one float16 rounding of the plain value; below 1 both sides store the same or its neighbour."""
    row = {name: i for i, name in enumerate(store.records["record"])}
    worst = 0.0
    for header in headers[:200]:
        plain = prepare_plainly(header)
        ours = store.signals[row[header.stem]].astype(np.float64)
        worst = max(worst, float((np.abs(ours - plain) / np.spacing(np.abs(plain).astype(np.float16))).max()))
    return worst


def corpus_at_500_hz(folder: Path, records: int) -> Path:
    write_corpus(folder / "corpus", 2 * records)
    shutil.rmtree(folder / "corpus" / "training" / "south")  # 257 Hz
    return folder / "corpus"


def store_of(folder: Path, windows: int) -> RecordStore:
    """A store of noise; what is read does not depend on what it says."""
    folder.mkdir()
    noise = np.random.default_rng(0).standard_normal((500, 12, 1000)).astype(np.float16)
    signals = SignalFile(folder / SIGNALS, 1000)
    for _ in range(windows // len(noise)):
        signals.append(noise)
    signals.finish()
    records = pd.DataFrame(dict.fromkeys(RECORD_COLUMNS, ""), index=range(windows))
    records = records.assign(row=range(windows), record=[f"r{i}" for i in range(windows)], fold=1)
    described: dict[str, object] = {"rate": 100.0, "seconds": 10.0, "counts": {"windows": windows}}
    described |= dict.fromkeys(("layout", "preprocessing", "einthoven", "unscored"), "")
    labels = np.zeros((windows, len(CHALLENGE.labels)))
    write_tables(folder, StoreContent(CHALLENGE, labels, records, [], described))
    return RecordStore.open(folder)


def batch_rate(store: RecordStore, batches: int = 300) -> float:
    """Records/s of random batches as training reads them: rows sorted within the batch, copied out of the file."""
    rng = np.random.default_rng(1)
    drawn = [np.sort(rng.choice(len(store.signals), BATCH, replace=False)) for _ in range(batches)]
    for rows in drawn:
        store.signals[rows]
    started = time.perf_counter()
    for rows in drawn:
        store.signals[rows]
    return batches * BATCH / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=6000)
    parser.add_argument("--stored", type=int, default=20_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = corpus_at_500_hz(folder, arguments.records)
        headers = sorted(corpus.rglob("*.hea"))
        our_rates(corpus, folder / "warm", 1)  # compiles, and brings the files into memory for both sides
        plain = arguments.records / plain_seconds(headers, folder / "plain")
        one, one_running = our_rates(corpus, folder / "one", 1)
        two, two_running = our_rates(corpus, folder / "two", 2)
        difference = largest_difference(headers, RecordStore.open(folder / "one"))
        print(f"straightforward          {plain:8.0f} records/s   {1000 / plain:6.2f} ms each")
        print(f"ecgscale, one process    {one:8.0f} records/s   {1000 / one:6.2f} ms each")
        print(f"ecgscale, two processes  {two:8.0f} records/s   {1000 / two:6.2f} ms each")
        print(f"ratio on one core        {one / plain:8.2f}")
        print(f"two processes to one     {two / one:8.2f}, {two_running / one_running:.2f} once they run")
        print(f"largest difference       {difference:8.2f} float16 roundings")
        rate = batch_rate(store_of(folder / "store", arguments.stored))
        print(f"random batches of {BATCH}    {rate:8.0f} records/s from {arguments.stored} records")
        print(f"ratio to a trainer       {rate / TRAINER:8.2f} (at {TRAINER} records/s)")


if __name__ == "__main__":
    main()
