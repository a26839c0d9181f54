"""Activations."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.layers.layer import Layer
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class ReLU(Layer):
    """max(x, 0)."""

    def trace(self, tally: Tally) -> None:
        tally.emit(tally.channels, tally.length, kept=True)
        tally.path.append("relu")

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.ReLU()


@dataclass(frozen=True, slots=True)
class GELU(Layer):
    """Gaussian error linear unit."""

    def trace(self, tally: Tally) -> None:
        tally.keep()
        tally.emit(tally.channels, tally.length)
        tally.path.append("gelu")

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.GELU()


@dataclass(frozen=True, slots=True)
class Sigmoid(Layer):
    """1 / (1 + exp(-x))."""

    def trace(self, tally: Tally) -> None:
        tally.emit(tally.channels, tally.length, kept=True)
        tally.path.append("sigmoid")

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Sigmoid()
