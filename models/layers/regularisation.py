"""Layers that are random in training and nothing at all in evaluation."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.layers.layer import Layer, require_rate
from models.layers.tally import Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Dropout(Layer):
    """Each element is zero with probability `rate` (Srivastava et al., JMLR 2014)."""

    rate: float

    def __post_init__(self) -> None:
        require_rate(self, self.rate)

    def trace(self, tally: Tally) -> None:
        tally.kept += tally.tensor.size  # the mask
        tally.renew()
        tally.path.append(("dropout", self.rate))

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Dropout(self.rate)


@dataclass(frozen=True, slots=True)
class StochasticDepth(Layer):
    """A record's residual branch is zero with probability `rate` (Huang et al., ECCV 2016)."""

    rate: float

    def __post_init__(self) -> None:
        require_rate(self, self.rate)

    def trace(self, tally: Tally) -> None:
        tally.kept += 1
        tally.renew()
        tally.path.append(("stochasticdepth", self.rate))

    def build(self) -> "nn.Module":
        from models.modules import BranchDropout

        return BranchDropout(self.rate)
