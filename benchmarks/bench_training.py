"""Training: ours against the usual pipeline, same network, crops, changes and learning rates, both in this run.

    python benchmarks/bench_training.py [--records 3000] [--epochs 30] [--seeds 3] [--network regnet]

A synthetic corpus (12 leads, 10 s at 500 Hz), crops of 1,024 samples, all changes of `models.training.augmentation`.
Each side trains in a process of its own, so that neither inherits the other's settings; the usual pipeline gets the
number of loader workers that suits it best. Fold 9 is scored by the same code on both sides. On a machine with a GPU
both sides train on it, and the share of the device's peak (a large bf16 matrix product) is printed too.

Expected before measuring, on two cores with AVX512-BF16: bf16 in channels-last and reused memory bring about 3 x at
batch 32; larger batches save overhead per step: about 4.5 x. Waiting for data: under 1 %. Two trials at a time, one
core each: about 1.2 x two after one another, since small networks do not fill two cores. Targets: 1.5 x at batch 32,
3 x at our best setting, waiting under 3 % (CPU); 8 x (GPU).
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from usual_pipeline import (
    Change,
    RecordFiles,
    train_usual,
    usual_network,
)

from ecg.preparation import prepare
from ecg.signal import Preprocessing
from ecg.store import RecordStore
from ecg.synthetic import write_corpus
from models import complexity
from models.build import build
from models.training.augmentation import Augmenter
from models.training.checkpoint import TrainingFolder
from models.training.data import Split, TrainingData
from models.training.evaluation import answers, choose, score_answers
from models.training.loop import train
from models.training.precision import has_bf16
from models.training.probe import propose
from models.training.randomness import Draws
from models.training.recipe import Precision, Recipe
from models.training.schedules import learning_rate
from models.training.signals import Batch
from search.proposal import FEWEST_STEPS

CROP, RATE = 1024, 500
NETWORKS: dict[str, dict[str, Any]] = {
    "regnet": {"depth": 6, "stem_width": 32, "w_0": 32, "w_a": 20, "w_m": 2.0, "group_width": 8, "stem_kernel": 9},
    "resnet": {"stages": 3, "depth": 1, "width": 16, "kernel": 7},
}
NETWORKS["regnet"]["bottleneck_multiplier"] = 1
SCORES = ("balanced_accuracy", "macro_auroc")


class TimedData(TrainingData):
    """Training data that know how long each epoch took, and how long it waited for them."""

    def __init__(self, store: RecordStore, split: Split) -> None:
        super().__init__(store, split)
        self.epochs: list[tuple[float, float]] = []

    def batches(self, plan: Sequence[np.ndarray]) -> Iterator[tuple[Batch, Tensor]]:
        started, waited = time.perf_counter(), 0.0
        batches = super().batches(plan)
        while True:
            asked = time.perf_counter()
            batch = next(batches, None)
            waited += time.perf_counter() - asked
            if batch is None:
                break
            yield batch
        self.epochs.append((time.perf_counter() - started, waited))


def run_ours(store: RecordStore, asked: dict[str, Any]) -> dict[str, Any]:
    """Our training, timed."""
    recipe = _recipe(asked)
    data = TimedData(store, Split.of(store))
    with tempfile.TemporaryDirectory() as folder:
        started = time.monotonic()
        trained = train(asked["network"], NETWORKS[asked["network"]], data, recipe, TrainingFolder(Path(folder)))
        ended = time.monotonic()
    seconds = [epoch for epoch, _ in data.epochs]
    return {
        **_speed(seconds, trained.records_seen // recipe.epochs),
        "waited": statistics.median(waited / epoch for epoch, waited in data.epochs),
        "changing": _changing(store, data, recipe)
        * (trained.records_seen // recipe.epochs / recipe.batch_size)
        / statistics.median(seconds),
        "scores": {name: trained.scores.overall[name] for name in SCORES},
        "began": started,
        "ended": ended,
    }


def run_usual(store: RecordStore, asked: dict[str, Any]) -> dict[str, Any]:
    """The usual pipeline, timed, and scored by our code."""
    recipe = _recipe(asked)
    data = TrainingData(store, Split.of(store))
    torch.manual_seed(recipe.seed)
    shape = {"leads": store.leads, "length": CROP, "classes": len(store.vocabulary.labels)}
    network = usual_network(build(asked["network"], NETWORKS[asked["network"]], **shape, seed=recipe.seed))
    network.to(data.device)
    rows = data.split.train
    files = RecordFiles(Path(asked["files"]), rows, store.labels, Change(CROP, RATE, augment=True))
    seconds = train_usual(
        network,
        files,
        epochs=recipe.epochs,
        workers=asked["workers"],
        device=data.device,
        batch_size=recipe.batch_size,
        learning_rate=lambda step, steps: learning_rate(recipe, step, steps),
    )
    tuned, scored = (answers(network, data, part, recipe) for part in (data.split.thresholds, data.split.score))
    overall = score_answers(scored, choose(tuned, data), data).overall
    records = len(rows) // recipe.batch_size * recipe.batch_size
    return {**_speed(seconds, records), "scores": {name: overall[name] for name in SCORES}}


def _recipe(asked: dict[str, Any]) -> Recipe:
    """Larger batches take larger steps, by the square root; all else is the same on every side."""
    names = ("epochs", "batch_size", "precision", "seed")
    lr = Recipe.lr * math.sqrt(asked["batch_size"] / Recipe.batch_size)
    return Recipe.of({"crop": CROP, "augment": True, "lr": lr, **{name: asked[name] for name in names}})


def _speed(seconds: list[float], records: int) -> dict[str, float]:
    """The first epoch starts processes and builds kernels."""
    typical = statistics.median(seconds[1:] or seconds)
    return {"seconds": typical, "speed": records / typical}


def _changing(store: RecordStore, data: TrainingData, recipe: Recipe) -> float:
    """Seconds that cutting and changing one batch takes."""
    rows = np.sort(data.split.train[: recipe.batch_size])
    batch = next(data.signals.batches([rows]))
    augment, draws = Augmenter(length=CROP, rate=store.rate, augment=True), Draws.of(0, 1, data.device)
    taken = []
    for _ in range(20):
        started = time.perf_counter()
        augment(batch, draws)[0, 0, 0].item()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _in_process(folder: Path, threads: int | None = None, **asked: Any) -> "subprocess.Popen[str]":
    """One side, started in a process of its own."""
    environment = {**os.environ, **({"OMP_NUM_THREADS": str(threads)} if threads else {})}
    asked = {"store": str(folder / "store"), "files": str(folder / "files"), **asked}
    command = [sys.executable, __file__, "--side", json.dumps(asked)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def _result(process: "subprocess.Popen[str]") -> dict[str, Any]:
    out, _ = process.communicate()
    if process.returncode:
        raise SystemExit(process.returncode)
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result


def _corpus(folder: Path, records: int) -> RecordStore:
    write_corpus(folder / "corpus", records)
    prepare(folder / "corpus", folder / "store", Preprocessing(rate=RATE))
    store = RecordStore.open(folder / "store")
    (folder / "files").mkdir()
    for row in range(len(store.signals)):
        np.save(folder / "files" / f"{row}.npy", store.signals[row].astype(np.float32))
    return store


def _compare(folder: Path, options: argparse.Namespace) -> None:
    store = _corpus(folder, options.records)
    numbers, shape = NETWORKS[options.network], {"leads": 12, "length": CROP, "classes": len(store.vocabulary.labels)}
    counted = complexity(options.network, numbers, **shape)
    train_rows = len(Split.of(store).train)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    print(
        f"{options.network}: {counted.params:,} parameters, {counted.flops / 1e6:.1f} MFLOPs; {train_rows} records to"
    )
    print(f"train on, {options.epochs} epochs, {options.seeds} seeds, {device}, {os.cpu_count()} cores\n", flush=True)
    common = {"network": options.network, "epochs": options.epochs, "precision": "fp32", "batch_size": 32}
    workers = _best_workers(folder, common)
    best = propose(
        options.network,
        numbers,
        shape,
        largest_batch=train_rows * options.epochs // FEWEST_STEPS,
        device=torch.device(device),
    )
    fast = (Precision.BF16 if has_bf16() else Precision.FP32).value
    sides = {
        f"usual, fp32, batch 32, {workers} loaders": {**common, "side": "usual", "workers": workers},
        "ours, fp32, batch 32": {**common, "side": "ours"},
        f"ours, {fast}, batch 32": {**common, "side": "ours", "precision": fast},
        f"ours, {best.precision}, batch {best.batch_size} (probed)": {
            **common,
            "side": "ours",
            "precision": best.precision.value,
            "batch_size": best.batch_size,
        },
    }
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
    for seed in range(options.seeds):  # side by side in time: a machine's mood changes
        for name, asked in sides.items():
            found[name].append(_result(_in_process(folder, **asked, seed=seed)))
    _print_table(found, counted.flops)
    _print_per_device(folder, common | {"precision": fast})


def _best_workers(folder: Path, common: dict[str, Any]) -> int:
    """The number of loader workers with which the usual pipeline is fastest."""
    cores = os.cpu_count() or 1
    tried = sorted({0, 1, 2, cores // 2, cores})
    asked = {**common, "side": "usual", "seed": 0, "epochs": 2}
    speed = {workers: _result(_in_process(folder, **asked, workers=workers))["speed"] for workers in tried}
    print("usual pipeline by loader workers:", ", ".join(f"{key}: {value:.0f}/s" for key, value in speed.items()))
    return max(speed, key=speed.__getitem__)


def _print_table(found: dict[str, list[dict[str, Any]]], flops: int) -> None:
    usual = next(iter(found.values()))
    print(
        f"\n{'':<34}{'records/s':>10}{'s/epoch':>9}{'ratio':>7}{'waiting':>9}{'changing':>10}   bal. acc.       AUROC"
    )
    for name, runs in found.items():
        speed, seconds = (statistics.median(run[key] for run in runs) for key in ("speed", "seconds"))
        ratio = statistics.median(run["speed"] / base["speed"] for run, base in zip(runs, usual, strict=True))
        shares = "".join(
            f"{100 * statistics.median(run[key] for run in runs):>{width}.1f} %"
            if key in runs[0]
            else f"{'-':>{width + 2}}"
            for key, width in (("waited", 7), ("changing", 8))
        )
        scores = "   ".join(_mean_and_sd([run["scores"][key] for run in runs]) for key in SCORES)
        print(f"{name:<34}{speed:>10.0f}{seconds:>9.2f}{ratio:>7.2f}{shares}   {scores}")
    if torch.cuda.is_available():
        peak = _peak()
        print(
            f"\npeak {peak / 1e12:.0f} TFLOP/s; trained at "
            + ", ".join(
                f"{100 * 3 * flops * statistics.median(run['speed'] for run in runs) / peak:.2f} % ({name})"
                for name, runs in found.items()
            )
        )


def _print_per_device(folder: Path, common: dict[str, Any]) -> None:
    """Two trials at a time, sharing the device, against one after the other."""
    cores = os.cpu_count() or 1
    share = max(1, cores // 2)
    asked = {**common, "side": "ours"}
    one = [_result(_in_process(folder, **asked, seed=seed)) for seed in (0, 1)]
    alone = sum(run["ended"] - run["began"] for run in one)
    both = [_in_process(folder, threads=share, **asked, seed=seed) for seed in (0, 1)]
    shared = [_result(process) for process in both]
    together = max(run["ended"] for run in shared) - min(run["began"] for run in shared)
    print(f"\ntwo trials one after the other {alone:.1f} s, at a time {together:.1f} s: {alone / together:.2f} x")


def _peak() -> float:
    """FLOP/s of a large bf16 matrix product on the GPU."""
    a = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
    a @ a
    torch.cuda.synchronize()
    started = time.perf_counter()
    for _ in range(10):
        a @ a
    torch.cuda.synchronize()
    return 10 * 2 * 8192**3 / (time.perf_counter() - started)


def _mean_and_sd(values: list[float]) -> str:
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    return f"{statistics.mean(values):.3f} ± {spread:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Training: ours against the usual pipeline.")
    parser.add_argument("--records", type=int, default=3000)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--network", choices=sorted(NETWORKS), default="regnet")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        asked = json.loads(options.side)
        run = run_ours if asked["side"] == "ours" else run_usual
        print(json.dumps(run(RecordStore.open(Path(asked["store"])), asked)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), options)


if __name__ == "__main__":
    main()
