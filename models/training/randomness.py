"""Every random number of a training depends on its seed, its epoch and its purpose alone, so that it can be resumed."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import torch
from torch import Tensor


class Purpose(IntEnum):
    """What random numbers are for."""

    ORDER = 0
    DROPOUT = 1
    AUGMENTATION = 2


@dataclass(frozen=True)
class Draws:
    """Random numbers for whole batches: few per record, drawn on the host, or one per sample, drawn on the device."""

    host: torch.Generator
    device: torch.Generator

    @classmethod
    def of(cls, seed: int, epoch: int, device: torch.device) -> "Draws":
        """The randomness of an epoch's augmentation."""
        mixed = _mixed(seed, epoch, Purpose.AUGMENTATION)
        return cls(torch.Generator().manual_seed(mixed), torch.Generator(device).manual_seed(mixed + 1))

    def states(self) -> dict[str, Tensor]:
        """Where this randomness and torch's global one stand, for `restore`."""
        device = self.device.device
        on_device = {"dropout on device": torch.cuda.get_rng_state(device)} if device.type == "cuda" else {}
        return {
            "host": self.host.get_state(),
            "device": self.device.get_state(),
            "dropout": torch.get_rng_state(),
            **on_device,
        }

    def restore(self, states: Mapping[str, Tensor]) -> None:
        """Go on from where `states` was taken on the same kind of device."""
        self.host.set_state(states["host"])
        self.device.set_state(states["device"])
        torch.set_rng_state(states["dropout"])
        if "dropout on device" in states:
            torch.cuda.set_rng_state(states["dropout on device"], self.device.device)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        return self.place(torch.empty(shape).uniform_(low, high, generator=self.host))

    def whole(self, low: int, high: int, *shape: int) -> Tensor:
        """Whole numbers from `low` to `high`, both included, each as likely."""
        return self.place(torch.randint(low, high + 1, shape, generator=self.host))

    def normal(self, deviation: float, *shape: int) -> Tensor:
        """Gaussian numbers around zero."""
        return torch.empty(shape, device=self.device.device).normal_(0, deviation, generator=self.device)

    def place(self, drawn: Tensor) -> Tensor:
        """What was drawn on the host, on the device."""
        return drawn.to(self.device.device, non_blocking=True)


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
