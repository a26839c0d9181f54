"""Every random number of a training depends on its seed, its epoch and its purpose alone, so that it can be resumed."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import numpy as np
import torch


class Purpose(IntEnum):
    """What random numbers are for."""

    ORDER = 0
    DROPOUT = 1
    AUGMENTATION = 2


def generator(seed: int, epoch: int, device: torch.device) -> torch.Generator:
    """Randomness of an epoch's augmentation."""
    return torch.Generator(device).manual_seed(_mixed(seed, epoch, Purpose.AUGMENTATION))


@contextmanager
def dropout_of(seed: int, epoch: int, device: torch.device) -> Iterator[None]:
    """Torch's global randomness, which dropout draws from, as that epoch has it; as it was afterwards."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(_mixed(seed, epoch, Purpose.DROPOUT))
        yield


def shuffled(rows: np.ndarray, seed: int, epoch: int) -> np.ndarray:
    """The rows in the epoch's order."""
    return np.random.default_rng([seed, epoch, Purpose.ORDER]).permutation(rows)


def _mixed(seed: int, epoch: int, purpose: Purpose) -> int:
    return int(np.random.SeedSequence([seed, epoch, purpose]).generate_state(1, np.uint64)[0] >> 1)
