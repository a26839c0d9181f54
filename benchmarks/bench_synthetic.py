"""Synthetic ECGs per second: each wave evaluated around its beat, against evaluated over the whole record.

    python benchmarks/bench_synthetic.py [--records 200]

Expected before measuring: a beat's waves cover about a tenth of the record, and noise and filters cost both sides
the same, so the ratio should lie between 1.5 and 4. Target: under 5 ms per 10-s record (500 and 257 Hz in turn).
"""

import argparse
import time
from unittest import mock

import numpy as np

from ecg.synthetic import synthesize, waves


def _dense_sum(centre: np.ndarray, width: np.ndarray, amplitude: np.ndarray, time: np.ndarray) -> np.ndarray:
    """Every Gaussian at every sample: the formula as it is written down."""
    return amplitude @ np.exp(-0.5 * ((time - centre[:, None]) / width[:, None]) ** 2)


def _milliseconds_per_record(records: int) -> float:
    started = time.perf_counter()
    for index in range(records):
        synthesize(index)
    return 1000 * (time.perf_counter() - started) / records


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=200)
    records = parser.parse_args().records
    synthesize(0)
    ours = _milliseconds_per_record(records)
    with mock.patch.object(waves, "sum_of_gaussians", _dense_sum):
        plain = _milliseconds_per_record(records)
    print(f"around each beat  {ours:6.2f} ms per record")
    print(f"whole record      {plain:6.2f} ms per record")
    print(f"ratio             {plain / ours:6.2f}")


if __name__ == "__main__":
    main()
