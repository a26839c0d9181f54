"""A signal on its way through a network that does not exist yet, and what it has cost so far."""

from typing import Any, NamedTuple

from models.errors import ImpossibleNetwork


class Tensor:
    """One intermediate result, for one record.

    Attributes:
        size: its elements.
        kept: the backward pass needs it, so that training holds it until then.
        held: somebody waits with it in hand, so that the next layer does not free it.
    """

    __slots__ = ("held", "kept", "size")

    def __init__(self, size: int, *, kept: bool = False) -> None:
        self.size = size
        self.kept = kept
        self.held = False


class Place(NamedTuple):
    """Where a signal is: a fork goes back to it, a join meets another."""

    channels: int
    length: int
    left: int
    right: int
    stride: int
    everywhere: bool
    tensor: Tensor


class Tally:
    """What the layers so far have made of a signal, added up by `Layer.trace`. All counts are for one record.

    Attributes:
        channels, length: the signal's shape; the length is in samples of the current stride.
        params: learnable parameters.
        flops: 2 x multiply-accumulates of convolutions, linear layers and matrix products.
        activations: elements of everything that layers put out.
        peak: most elements alive at once in a forward pass without gradients, run eagerly.
        kept: elements that the backward pass needs, in units of 4 bytes at full precision.
        left, right: input samples before and after its own position that one sample depends on.
        stride: input samples between two neighbouring samples.
        everywhere: one sample depends on the whole input.
        path: the layers passed through, as plain data.
    """

    __slots__ = (
        "activations",
        "channels",
        "everywhere",
        "flops",
        "kept",
        "left",
        "length",
        "params",
        "path",
        "peak",
        "right",
        "stride",
        "tensor",
        "waiting",
    )

    def __init__(self, channels: int, length: int) -> None:
        self.channels = channels
        self.length = length
        self.params = 0
        self.flops = 0
        self.activations = 0
        self.peak = 0
        self.kept = 0
        self.left = 0
        self.right = 0
        self.stride = 1
        self.everywhere = False
        self.path: list[Any] = []
        self.tensor = Tensor(channels * length)
        self.waiting = 0

    def expect(self, channels: int, layer: str) -> None:
        """
        Raises:
            ImpossibleNetwork: the signal has another number of channels.
        """
        if self.channels != channels:
            raise ImpossibleNetwork(f"the {layer} takes {channels} channels, but the signal has {self.channels}")

    def emit(self, channels: int, length: int, *, kept: bool = False, beside: int = 0) -> None:
        """A layer puts out channels x length elements, and for a moment as many as `beside` that go no further.

        Args:
            kept: the backward pass needs the channels x length elements.
        """
        size = channels * length
        alive = self.waiting + size + beside
        if not self.tensor.held:
            alive += self.tensor.size
        self.peak = max(self.peak, alive)
        self.activations += size
        if kept:
            self.kept += size
        self.channels = channels
        self.length = length
        self.tensor = Tensor(size, kept=kept)

    def keep(self) -> None:
        """The backward pass needs the signal as it is now."""
        if not self.tensor.kept:
            self.tensor.kept = True
            self.kept += self.tensor.size

    def renew(self) -> None:
        """In training, and only there, the signal is copied here."""
        held = self.tensor.held
        self.tensor = Tensor(self.tensor.size)
        self.tensor.held = held

    def reach(self, left: int, right: int, stride: int) -> None:
        """One sample looks `left` samples back and `right` ahead, and every `stride`-th sample is one."""
        self.left += left * self.stride
        self.right += right * self.stride
        self.stride *= stride

    def hold(self) -> bool:
        """Somebody waits with the signal in hand; False if somebody did already."""
        if self.tensor.held:
            return False
        self.tensor.held = True
        self.waiting += self.tensor.size
        return True

    def release(self, tensor: Tensor) -> None:
        """Nobody waits with `tensor` any more."""
        tensor.held = False
        self.waiting -= tensor.size

    def place(self) -> Place:
        return Place(self.channels, self.length, self.left, self.right, self.stride, self.everywhere, self.tensor)

    def go_to(self, place: Place) -> None:
        self.channels, self.length, self.left, self.right, self.stride, self.everywhere, self.tensor = place

    def see_also(self, other: Place) -> None:
        """One sample depends on what the sample of `other` at the same position depends on, too."""
        self.left = max(self.left, other.left)
        self.right = max(self.right, other.right)
        self.everywhere = self.everywhere or other.everywhere
