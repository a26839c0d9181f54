"""Layers made of layers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import ImpossibleNetwork
from models.layers.activation import ReLU, Sigmoid
from models.layers.convolution import Conv
from models.layers.layer import Layer, require_whole
from models.layers.pooling import GlobalAveragePool
from models.layers.tally import Place, Tally

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, slots=True)
class Sequence(Layer):
    """Layers one after the other; an empty one is the identity."""

    layers: tuple[Layer, ...] = ()

    def trace(self, tally: Tally) -> None:
        for layer in self.layers:
            layer.trace(tally)

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Sequential(*self.modules())

    def modules(self) -> "list[nn.Module]":
        return [module for layer in self.layers for module in layer.modules()]


@dataclass(frozen=True, slots=True)
class Repeat(Layer):
    """`times` times the same block, each with weights of its own; the block changes neither shape nor stride."""

    block: Layer
    times: int

    def __post_init__(self) -> None:
        require_whole(self, self.times)

    def trace(self, tally: Tally) -> None:
        tally.path.append(("repeat", self.times))
        before = _sums(tally)
        left = self.times - 1
        came = tally.tensor.kept, tally.tensor.held
        shape = tally.channels, tally.length, tally.stride
        self.block.trace(tally)
        known = len(tally.path)
        if left and (tally.tensor.kept, tally.tensor.held) != came:  # from the second on, all blocks cost the same
            before, left = _sums(tally), left - 1
            self.block.trace(tally)
            del tally.path[known:]
        if (tally.channels, tally.length, tally.stride) != shape:
            raise ImpossibleNetwork("a repeated block must leave channels, length and stride as they are")
        more = (after + (after - one) * left for one, after in zip(before, _sums(tally), strict=True))
        tally.params, tally.flops, tally.activations, tally.kept, tally.left, tally.right = more
        tally.path.append("end")

    def build(self) -> "nn.Module":
        from torch import nn

        return nn.Sequential(*self.modules())

    def modules(self) -> "list[nn.Module]":
        return [module for _ in range(self.times) for module in self.block.modules()]


def repeated(block: tuple[Layer, ...], times: int) -> tuple[Layer, ...]:
    """The layers of `times` such blocks in a row."""
    return block * times if times < 2 else (Repeat(Sequence(block), times),)


def _sums(tally: Tally) -> tuple[int, ...]:
    return tally.params, tally.flops, tally.activations, tally.kept, tally.left, tally.right


@dataclass(frozen=True, slots=True)
class Residual(Layer):
    """branch(x) + shortcut(x); an empty shortcut is the identity."""

    branch: Layer
    shortcut: Sequence = Sequence()

    def trace(self, tally: Tally) -> None:
        entry, ours = _enter(tally, "residual")
        self.branch.trace(tally)
        branch = _turn_back(tally, entry)
        self.shortcut.trace(tally)
        if (branch.channels, branch.length) != (tally.channels, tally.length):
            raise ImpossibleNetwork(
                f"both paths of a residual block must agree, but the branch gives {branch.channels} x "
                f"{branch.length} and the shortcut {tally.channels} x {tally.length}"
            )
        tally.see_also(branch)
        tally.emit(branch.channels, branch.length)
        _leave(tally, entry, branch, ours)

    def build(self) -> "nn.Module":
        from models.modules import ResidualSum

        return ResidualSum(self.branch.build(), self.shortcut.build())


@dataclass(frozen=True, slots=True)
class Concatenation(Layer):
    """x and branch(x) stacked, as in a dense block (Huang et al., CVPR 2017)."""

    branch: Layer

    def trace(self, tally: Tally) -> None:
        entry, ours = _enter(tally, "concatenation")
        self.branch.trace(tally)
        branch = _turn_back(tally, entry)
        if branch.length != entry.length:
            raise ImpossibleNetwork(
                f"what is stacked must have one length, but got {entry.length} and {branch.length} samples"
            )
        tally.see_also(branch)
        tally.emit(entry.channels + branch.channels, entry.length)
        _leave(tally, entry, branch, ours)

    def build(self) -> "nn.Module":
        from models.modules import BranchConcatenation

        return BranchConcatenation(self.branch.build())


@dataclass(frozen=True, slots=True)
class SqueezeExcitation(Layer):
    """Channels weighted by what all samples say (Hu et al., CVPR 2018).

    For the receptive field it is the identity: what it adds is one number per channel.
    """

    channels: int
    squeezed: int

    @property
    def _gate(self) -> Sequence:
        return Sequence(
            (
                GlobalAveragePool(),
                Conv(self.channels, self.squeezed, 1, bias=True),
                ReLU(),
                Conv(self.squeezed, self.channels, 1, bias=True),
                Sigmoid(),
            )
        )

    def trace(self, tally: Tally) -> None:
        entry, ours = _enter(tally, "gate")
        tally.keep()
        self._gate.trace(tally)
        gate = _turn_back(tally, entry)
        tally.emit(entry.channels, entry.length)
        _leave(tally, entry, gate, ours)

    def build(self) -> "nn.Module":
        from models.modules import Gate

        return Gate(self._gate.build())


def _enter(tally: Tally, name: str) -> tuple[Place, bool]:
    """A fork: the signal waits here while a branch is gone through."""
    tally.path.append((name, "branch"))
    return tally.place(), tally.hold()


def _turn_back(tally: Tally, entry: Place) -> Place:
    """The branch's end, which waits while the other path is gone through from the fork on."""
    end = tally.place()
    tally.hold()
    tally.go_to(entry)
    tally.path.append("other")
    return end


def _leave(tally: Tally, entry: Place, branch: Place, ours: bool) -> None:
    """Both paths have met, and nobody waits any more."""
    tally.release(branch.tensor)
    if ours:
        tally.release(entry.tensor)
    tally.path.append("end")
