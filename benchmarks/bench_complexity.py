"""Counting a network by arithmetic, against building it and counting with torch; and whether both agree.

    python benchmarks/bench_complexity.py [--draws 30]

Architectures are drawn from each family's default space, with inputs of 400 to 2,000 samples and 2 to 30 classes.
Torch's side is the fastest there is: the network is built on the meta device, without weights, and one forward pass is
counted by FlopCounterMode. Every draw is compared; any difference ends the run.

Expected before measuring: torch spends about 0.5 ms per layer in building and counting, arithmetic 2 us, so the ratio
should be about 250. Target: a median over families of at least 200.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from models import complexity, list_families
from models.build import build
from models.errors import ImpossibleNetwork
from search.draft import without_prefix
from search.space import default_space


class Network(NamedTuple):
    """What both sides count."""

    family: str
    numbers: dict[str, Any]
    shape: dict[str, int]


Count = Callable[[Network], tuple[int, int]]


def _by_arithmetic(network: Network) -> tuple[int, int]:
    counted = complexity(network.family, network.numbers, **network.shape)
    return counted.params, counted.flops


def _by_torch(network: Network) -> tuple[int, int]:
    with torch.device("meta"):
        built = build(network.family, network.numbers, **network.shape).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        built(torch.empty(1, network.shape["leads"], network.shape["length"], device="meta"))
    return sum(parameter.numel() for parameter in built.parameters()), counter.get_total_flops()


def _draw(family: str, draws: int) -> list[Network]:
    """Networks that exist, from the family's default space."""
    space, rng = default_space([family]), np.random.default_rng(0)
    drawn: list[Network] = []
    while len(drawn) < draws:
        numbers = without_prefix(space.draw(rng), f"{family}.")
        shape = {"leads": 12, "length": int(rng.integers(400, 2001)), "classes": int(rng.integers(2, 31))}
        with suppress(ImpossibleNetwork):
            _by_arithmetic(Network(family, numbers, shape))
            drawn.append(Network(family, numbers, shape))
    return drawn


def _timed(count: Count, drawn: list[Network]) -> tuple[float, list[tuple[int, int]]]:
    """Seconds per network, and (params, FLOPs) of each."""
    started = time.perf_counter()
    counted = [count(network) for network in drawn]
    return (time.perf_counter() - started) / len(drawn), counted


def _ratio(family: str, draws: int) -> float:
    """How many times faster arithmetic is.

    Raises:
        SystemExit: the two sides disagree.
    """
    drawn = _draw(family, draws)
    ours, by_arithmetic = _timed(_by_arithmetic, drawn)
    theirs, by_torch = _timed(_by_torch, drawn)
    for network, one, other in zip(drawn, by_arithmetic, by_torch, strict=True):
        if one != other:
            raise SystemExit(f"{network}: (params, FLOPs) {one} by arithmetic, {other} by torch")
    print(f"{family:<10}{len(drawn):>7}{1e6 * ours:>9.0f} us{1e3 * theirs:>9.1f} ms{theirs / ours:>8.0f}", flush=True)
    return theirs / ours


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=30)
    draws = parser.parse_args().draws
    print(f"{'family':<10}{'draws':>7}{'arithmetic':>12}{'torch':>12}{'ratio':>8}")
    ratios = [_ratio(family, draws) for family in list_families()]
    print(f"\nall differences zero; median ratio {statistics.median(ratios):.0f}")


if __name__ == "__main__":
    main()
