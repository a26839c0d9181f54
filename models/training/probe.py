"""A short probe of the machine: which precision and batch size train a network fastest."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from models.build import build
from models.errors import OutOfMemory
from models.training.faults import named_faults
from models.training.losses import Criterion
from models.training.machine import deterministic_kernels, reuse_memory
from models.training.optimizers import make_optimizer
from models.training.precision import has_bf16
from models.training.recipe import Precision, Recipe
from models.training.step import Step

_LARGEST_BATCH = 1024
_WORTH = 1.1  # a change must gain a tenth
_FEWEST_STEPS = 3
_SECONDS = 0.25


@dataclass(frozen=True)
class Proposal:
    """What the probe found best, and the records per second it trained with."""

    precision: Precision
    batch_size: int
    speed: float


def propose(
    family: str,
    numbers: Mapping[str, Any],
    shape: Mapping[str, int],
    *,
    largest_batch: int,
    device: torch.device,
) -> Proposal:
    """The precision and the batch size with which the network trains fastest on this device, by trying.

    bf16 and every doubling of the batch from 32 must each gain a tenth: larger batches mean fewer steps per epoch.

    Args:
        shape: leads, length and classes.
        largest_batch: what memory and the number of records allow.

    Raises:
        OutOfMemory: the smallest batch does not fit.
    """
    reuse_memory()
    with deterministic_kernels():
        return _best(lambda recipe: _speed(family, numbers, shape, recipe, device), largest_batch)


def _best(speed_of: Callable[[Recipe], float], largest_batch: int) -> Proposal:
    tried = [
        Proposal(precision, Recipe.batch_size, speed_of(Recipe(precision=precision)))
        for precision in (Precision.FP32, *([Precision.BF16] if has_bf16() else []))
    ]
    if not max(found.speed for found in tried):
        raise OutOfMemory(
            f"networks from the middle of the space do not fit into memory with batches of {Recipe.batch_size}; give "
            "--batch-size and --precision, or a smaller --max-flops"
        )
    best = tried[-1] if tried[-1].speed >= _WORTH * tried[0].speed else tried[0]
    while 2 * best.batch_size <= min(largest_batch, _LARGEST_BATCH):
        speed = speed_of(Recipe(precision=best.precision, batch_size=2 * best.batch_size))
        if speed < _WORTH * best.speed:
            return best
        best = Proposal(best.precision, 2 * best.batch_size, speed)
    return best


def _speed(
    family: str, numbers: Mapping[str, Any], shape: Mapping[str, int], recipe: Recipe, device: torch.device
) -> float:
    """Records per second of training steps on noise; 0 where they do not fit into memory."""
    try:
        with named_faults():
            network = build(family, numbers, **shape).to(device).train()
            return _measure(network, shape, recipe, device)
    except OutOfMemory:
        return 0.0


def _measure(network: nn.Module, shape: Mapping[str, int], recipe: Recipe, device: torch.device) -> float:
    random = torch.Generator(device).manual_seed(0)
    size = recipe.batch_size
    signals = torch.randn(size, shape["leads"], shape["length"], generator=random, device=device)
    labels = torch.randint(0, 2, (size, shape["classes"]), generator=random, device=device).float()
    criterion = Criterion.of(recipe.loss, labels)
    step = Step(network, make_optimizer(network, recipe), criterion, recipe.precision, recipe.clip, parts=1)
    taken: list[float] = []
    float(step(signals, labels, recipe.lr))  # the first step builds kernels
    while len(taken) < _FEWEST_STEPS or sum(taken) < _SECONDS:
        started = time.monotonic()
        float(step(signals, labels, recipe.lr))  # reading the loss waits for the device
        taken.append(time.monotonic() - started)
    return size / statistics.median(taken)
