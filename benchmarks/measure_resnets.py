"""Measures a table of real ECG networks: a full grid of small ResNets, 3-fold cross-validated on PTB-XL records.

`python benchmarks/measure_resnets.py STORE` with a record store of PTB-XL's records; `--out` is the folder of the two
tables. Each cross-validated training is written down as it ends, so that the same command goes on where it was stopped.

`ptbxl_resnets.csv` has a row per network: its parameters, exact FLOPs at the crop's length, and balanced accuracy and
macro AUROC of the last epoch, the mean over the folds. `ptbxl_resnets_curves.csv` has the balanced accuracy after each
epoch, a column each, in the same order of rows. A training that diverges counts as chance, 0.5.
"""

import argparse
import itertools
import json
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ecg.store import RecordStore

GRID: dict[str, tuple[Any, ...]] = {
    "stages": (2, 3, 4),
    "depth": (1, 2, 3),
    "width": (4, 8, 12, 16),
    "kernel": (3, 7, 15),
    "lr": (0.001, 0.005, 0.025),
    "optimizer": ("adamw", "sgd-momentum"),
}
_TRAINING = ("lr", "optimizer")
_FOLDS = ((1, 2, 3), (4, 5, 6), (7, 8, 9, 10))  # PTB-XL's own, in three parts of as many patients
_SETTINGS: dict[str, Any] = {"epochs": 12, "batch_size": 16, "crop": 250, "scoring": "centre"}
_CHANCE = 0.5
TABLES = Path(__file__).parent / "tables"

Row = tuple[Any, ...]


def main() -> None:
    asked = _asked()
    asked.out.mkdir(exist_ok=True)
    journal = asked.out / "ptbxl_resnets.journal.jsonl"
    _measure(asked.store, journal, asked.processes)
    _write_tables(asked.out, _read(journal))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--out", type=Path, default=TABLES)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    return parser.parse_args()


def grid() -> list[Row]:
    """All rows, in the order of the tables."""
    return list(itertools.product(*GRID.values()))


def _measure(store: Path, journal: Path, processes: int) -> None:
    done = {(tuple(one["row"]), one["fold"]) for one in _read(journal)}
    missing = [(row, fold) for row in grid() for fold in range(len(_FOLDS)) if (row, fold) not in done]
    np.random.default_rng(0).shuffle(missing)  # so that what is left takes as long as what was done
    with ProcessPoolExecutor(processes, get_context("spawn"), _one_thread) as pool, journal.open("a") as file:
        asked = [pool.submit(_train, store, row, fold) for row, fold in missing]
        for count, one in enumerate(as_completed(asked), 1):
            file.write(json.dumps(one.result()) + "\n")
            file.flush()
            print(f"\r{count} of {len(missing)} trainings", end="", flush=True)
    print()


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


@cache
def _data(store: Path, fold: int) -> Any:
    from models.training.data import Split, TrainingData

    records = RecordStore.open(store)
    others = [number for index, part in enumerate(_FOLDS) if index != fold for number in part]
    return TrainingData(records, Split.of(records, train_folds=others, score_folds=_FOLDS[fold]))


def _train(store: Path, row: Row, fold: int) -> dict[str, Any]:
    from models.errors import Diverged
    from models.training.checkpoint import TrainingFolder
    from models.training.loop import train
    from models.training.recipe import Recipe

    values = dict(zip(GRID, row, strict=True))
    recipe = Recipe.of({**_SETTINGS, **{name: values[name] for name in _TRAINING}})
    numbers = {name: value for name, value in values.items() if name not in _TRAINING}
    with tempfile.TemporaryDirectory() as folder:
        try:
            trained = train("resnet", numbers, _data(store, fold), recipe, TrainingFolder(Path(folder)))
        except Diverged:
            return {"row": row, "fold": fold, "curve": [_CHANCE] * _SETTINGS["epochs"], "macro_auroc": _CHANCE}
    return {
        "row": row,
        "fold": fold,
        "curve": [round(epoch.balanced_accuracy, 5) for epoch in trained.curve],
        "macro_auroc": round(trained.scores.overall["macro_auroc"], 5),
        "seconds": round(trained.seconds, 2),
    }


def _read(journal: Path) -> Iterator[dict[str, Any]]:
    if journal.exists():
        yield from map(json.loads, journal.read_text().splitlines())


def _write_tables(folder: Path, measured: Iterator[dict[str, Any]]) -> None:
    from models.complexity import complexity

    folds: dict[Row, list[dict[str, Any]]] = {}
    for one in measured:
        folds.setdefault(tuple(one["row"]), []).append(one)
    rows, curves = [], []
    for row in grid():
        values = dict(zip(GRID, row, strict=True))
        numbers = {name: value for name, value in values.items() if name not in _TRAINING}
        cost = complexity("resnet", numbers, leads=12, length=_SETTINGS["crop"], classes=5)
        curve = np.mean([one["curve"] for one in folds[row]], axis=0).round(5)
        auroc = np.mean([one["macro_auroc"] for one in folds[row]]).round(5)
        scores = {"balanced_accuracy": curve[-1], "macro_auroc": auroc}
        rows.append({**values, "flops": cost.flops, "params": cost.params, **scores})
        curves.append({f"epoch_{number}": score for number, score in enumerate(curve, 1)})
    pd.DataFrame(rows).to_csv(folder / "ptbxl_resnets.csv", index=False)
    pd.DataFrame(curves).to_csv(folder / "ptbxl_resnets_curves.csv", index=False)


if __name__ == "__main__":
    main()
