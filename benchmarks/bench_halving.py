"""Early stopping, replayed on recorded learning curves: the same trials in the same order, with and without.

    python benchmarks/bench_halving.py tables/ptbxl_resnets_curves.csv [--trials 216]
    python benchmarks/bench_halving.py --study NAME [--storage URL]

Curves are a table with a column `epoch_N` per epoch, beside a table of the same rows with a column `flops`, under its
name without `_curves`; or those of a finished study whose trials were all trained to their end. Workers take the trials
in a random order; an epoch lasts as long as its FLOPs, and at a rung the worker asks the very rule that real ones ask.
The first orders are those on which the rule was chosen, so that the figures to report are those of others: `--first`.

The figure is the hypervolume of the complete trials, FLOPs on a log10 axis, reference at the median score and the
largest cost of all rows, with early stopping as a share of that without; and the share of the training FLOPs.

Expected: hypervolume within 1 % for at most 60 % of the FLOPs, and no member of the front stopped.
"""

import argparse
import heapq
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.pareto import default_reference, hypervolume, pareto_mask
from analysis.trials import Direction
from search.halving import RULE, Rule, rungs, verdict
from search.samplers import UNIFORM
from storage.curves import Curve

_DIRECTIONS = (Direction.MAXIMIZE, Direction.MINIMIZE)
_EPOCH = "epoch_"


@dataclass(frozen=True)
class Replay:
    """What one order of trials came to.

    Attributes:
        hypervolume, flops: with early stopping, as shares of what they are without.
        stopped: how many of the trials.
        front_stopped: how many of them are on the front of the full search.
    """

    hypervolume: float
    flops: float
    stopped: int
    front_stopped: int


def main() -> None:
    asked = _asked()
    curves = read_table(asked.curves) if asked.curves else _read_study(asked.study, asked.storage)
    found = {}
    for probes in asked.probes:
        replays = [
            replay(curves, order, trials=asked.trials, workers=asked.workers, probes=probes)
            for order in range(asked.first, asked.first + asked.orders)
        ]
        found[str(probes)] = _summary(replays)
    if asked.json:
        print(json.dumps({"rule": asdict(RULE), "curves": len(curves), "probes": found}))
        return
    print(f"{len(curves)} curves of {_last(curves)} epochs, rungs after {', '.join(map(str, rungs(_last(curves))))}")
    for probes, figures in found.items():
        _show(float(probes), figures)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("curves", type=Path, nargs="?")
    source.add_argument("--study")
    parser.add_argument("--storage")
    parser.add_argument("--trials", type=int, help="of the rows, drawn anew for each order; default: all")
    parser.add_argument("--orders", type=int, default=30)
    parser.add_argument("--first", type=int, default=0, help="number of the first order")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--probes", type=float, nargs="+", default=[0.0, 0.15], help="shares that are never stopped")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def read_table(path: Path) -> list[Curve]:
    """The curves of a table, numbered by its rows."""
    table = pd.read_csv(path).filter(regex=f"^{_EPOCH}")
    flops = pd.read_csv(path.with_name(path.name.replace("_curves", "")))["flops"]
    epochs = [int(str(name).removeprefix(_EPOCH)) for name in table]
    rows = zip(flops, table.to_numpy(), strict=True)
    return [
        Curve(number, float(cost), dict(zip(epochs, map(float, scores), strict=True)), complete=True)
        for number, (cost, scores) in enumerate(rows)
    ]


def _read_study(name: str, storage: str | None) -> list[Curve]:
    from storage.curves import read_curves
    from storage.database import open_database
    from storage.studies import find_study

    database = open_database(storage)
    curves = read_curves(database, find_study(database, name))
    cut = [curve.number for curve in curves if not curve.complete]
    if cut:
        raise SystemExit(f"trials {', '.join(map(str, cut))} of {name} were not trained to their end; replay another")
    return curves


def replay(
    curves: Sequence[Curve], order: int, *, trials: int | None, workers: int, probes: float, rule: Rule = RULE
) -> Replay:
    """One random order of the trials, with and without early stopping."""
    rng = np.random.default_rng(order)
    drawn = rng.permutation(len(curves))[:trials]
    blind = rng.random(len(drawn)) < probes
    queue = [
        replace(curves[row], number=number, sampler=UNIFORM if blind[number] else None)
        for number, row in enumerate(drawn)
    ]
    trained = list(_trained(queue, workers, rule))
    complete = [curve for curve in trained if curve.complete]
    stopped = {curve.number for curve in trained if not curve.complete}
    front = np.flatnonzero(pareto_mask(_values(queue), _DIRECTIONS))
    reference = default_reference(_values(curves), _DIRECTIONS)
    return Replay(
        hypervolume=_volume(complete, reference) / _volume(queue, reference),
        flops=_spent(trained) / _spent(queue),
        stopped=len(stopped),
        front_stopped=len(stopped & set(front.tolist())),
    )


def _trained(queue: Sequence[Curve], workers: int, rule: Rule) -> Iterator[Curve]:
    """The curves as far as they are trained, in the order in which they end."""
    waiting = iter(queue)
    epochs = _last(queue)
    steps = rungs(epochs, rule)
    typical = float(np.median([curve.flops for curve in queue]))  # what an epoch lasts beside its FLOPs
    seen: dict[int, Curve] = {}
    busy: list[tuple[float, int, int]] = []  # when which trial's which epoch ends

    def take(now: float) -> None:
        if (curve := next(waiting, None)) is not None:
            heapq.heappush(busy, (now + curve.flops + typical, curve.number, 1))

    for _ in range(workers):
        take(0.0)
    while busy:
        now, number, epoch = heapq.heappop(busy)
        whole = queue[number]
        so_far = {step: score for step, score in whole.scores.items() if step <= epoch}
        seen[number] = replace(whole, scores=so_far, complete=epoch == epochs)
        if epoch == epochs or (epoch in steps and verdict(seen.values(), number, epoch, epochs, rule)):
            yield seen[number]
            take(now)
        else:
            heapq.heappush(busy, (now + whole.flops + typical, number, epoch + 1))


def _last(curves: Sequence[Curve]) -> int:
    return max(curves[0].scores)


def _values(curves: Sequence[Curve]) -> np.ndarray:
    return np.array([[curve.scores[max(curve.scores)], curve.flops] for curve in curves])


def _volume(curves: Sequence[Curve], reference: tuple[float, ...]) -> float:
    return hypervolume(_values(curves), _DIRECTIONS, reference, log_axes=(False, True)).value


def _spent(curves: Sequence[Curve]) -> float:
    return sum(curve.flops * len(curve.scores) for curve in curves)


def _summary(replays: Sequence[Replay]) -> dict[str, float]:
    volumes, flops = np.array([(one.hypervolume, one.flops) for one in replays]).T
    return {
        "orders": len(replays),
        "hypervolume": float(np.median(volumes)),
        "hypervolume_worst": float(volumes.min()),
        "flops": float(np.median(flops)),
        "flops_most": float(flops.max()),
        "stopped": float(np.mean([one.stopped for one in replays])),
        "front_stopped": float(np.mean([one.front_stopped for one in replays])),
        "orders_with_front_stopped": sum(one.front_stopped > 0 for one in replays),
    }


def _show(probes: float, figures: dict[str, float]) -> None:
    print(
        f"{probes:.0%} probes: hypervolume {figures['hypervolume']:.2%} (worst {figures['hypervolume_worst']:.2%}), "
        f"FLOPs {figures['flops']:.0%} (most {figures['flops_most']:.0%}), {figures['stopped']:.0f} stopped; "
        f"a front member was stopped in {figures['orders_with_front_stopped']:.0f} of {figures['orders']:.0f} orders"
    )


if __name__ == "__main__":
    main()
