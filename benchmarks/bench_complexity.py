"""Counting a network by arithmetic, against building it and counting with torch; and whether both agree.

    python benchmarks/bench_complexity.py [--draws 30] [--length 1000]

Architectures are drawn from each family's default space. Torch's side is the fastest there is: the network is built on
the meta device, without weights, and one forward pass is counted by FlopCounterMode. Every draw is compared; any
difference ends the run.

Expected before measuring: torch spends about 0.5 ms per layer in building and counting, arithmetic 2 us, so the ratio
should be about 250. Target: a median over families of at least 200.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from models import complexity, list_families
from models.build import build
from models.errors import ImpossibleNetwork
from search.space import default_space

_LEADS, _CLASSES = 12, 26

Count = Callable[[str, dict[str, Any], int], tuple[int, int]]


def _counted_by_torch(family: str, numbers: dict[str, Any], length: int) -> tuple[int, int]:
    with torch.device("meta"):
        network = build(family, numbers, leads=_LEADS, length=length, classes=_CLASSES).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network(torch.empty(1, _LEADS, length, device="meta"))
    return sum(parameter.numel() for parameter in network.parameters()), counter.get_total_flops()


def _counted_by_arithmetic(family: str, numbers: dict[str, Any], length: int) -> tuple[int, int]:
    counted = complexity(family, numbers, leads=_LEADS, length=length, classes=_CLASSES)
    return counted.params, counted.flops


def _draw(family: str, draws: int, length: int) -> list[dict[str, Any]]:
    """Numbers of networks that exist, from the family's default space."""
    space, rng = default_space([family]), np.random.default_rng(0)
    drawn: list[dict[str, Any]] = []
    for _ in range(10 * draws):
        numbers = {key.split(".")[1]: value for key, value in space.draw(rng).items() if key.startswith(f"{family}.")}
        with suppress(ImpossibleNetwork):
            _counted_by_arithmetic(family, numbers, length)
            drawn.append(numbers)
    return drawn[:draws]


def _timed(count: Count, family: str, drawn: list[dict[str, Any]], length: int) -> tuple[float, list[tuple[int, int]]]:
    """Seconds per network, and (params, FLOPs) of each."""
    started = time.perf_counter()
    counted = [count(family, numbers, length) for numbers in drawn]
    return (time.perf_counter() - started) / len(drawn), counted


def _ratio(family: str, draws: int, length: int) -> float:
    """How many times faster arithmetic is.

    Raises:
        SystemExit: the two sides disagree.
    """
    drawn = _draw(family, draws, length)
    ours, by_arithmetic = _timed(_counted_by_arithmetic, family, drawn, length)
    theirs, by_torch = _timed(_counted_by_torch, family, drawn, length)
    for numbers, one, other in zip(drawn, by_arithmetic, by_torch, strict=True):
        if one != other:
            raise SystemExit(f"{family} {numbers}: (params, FLOPs) {one} by arithmetic, {other} by torch")
    print(f"{family:<10}{len(drawn):>7}{1e6 * ours:>9.0f} us{1e3 * theirs:>9.1f} ms{theirs / ours:>8.0f}", flush=True)
    return theirs / ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--length", type=int, default=1000)
    chosen = parser.parse_args()
    print(f"{'family':<10}{'draws':>7}{'arithmetic':>12}{'torch':>12}{'ratio':>8}")
    ratios = [_ratio(family, chosen.draws, chosen.length) for family in list_families()]
    print(f"\nall differences zero; median ratio {statistics.median(ratios):.0f}")


if __name__ == "__main__":
    main()
