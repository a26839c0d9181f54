"""Numbers of networks that are made of stages, each after the first with half the length."""

from dataclasses import dataclass
from typing import ClassVar

from models.numbers import Faults, shown, whole

MAX_STAGES = 32
MAX_DEPTH = 1000


@dataclass(frozen=True)
class Depths:
    """How many blocks each stage has: `depth` in each of `stages`, or one by one in `depths`.

    Attributes:
        stages: groups of blocks.
        depth: blocks per stage.
        depths: blocks of each stage, in the place of the two.
    """

    stages: int | None = None
    depth: int | None = None
    depths: tuple[int, ...] | None = None

    default_stages: ClassVar[int] = 4
    default_depth: ClassVar[int] = 2

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks of each stage."""
        if self.depths is not None:
            return self.depths
        return (self.depth or self.default_depth,) * (self.stages or self.default_stages)

    def faults_of_depths(self) -> Faults:
        return [
            *whole(most=MAX_STAGES, stages=self.stages),
            *whole(most=MAX_DEPTH, depth=self.depth, depths=self.depths),
            *_faults_of_list("depths", self.depths, {"stages": self.stages, "depth": self.depth}),
        ]


@dataclass(frozen=True)
class Widths(Depths):
    """How many channels each stage has: `width` in the first and twice as many in each next, or one by one in `widths`.

    Attributes:
        width: channels of the first stage.
        widths: channels of each stage, in its place.
    """

    width: int | None = None
    widths: tuple[int, ...] | None = None

    default_width: ClassVar[int] = 64

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of each stage."""
        if self.widths is not None:
            return self.widths
        return tuple((self.width or self.default_width) * 2**stage for stage in range(len(self.blocks)))

    def faults_of_stages(self) -> Faults:
        faults = [
            *self.faults_of_depths(),
            *whole(width=self.width, widths=self.widths),
            *_faults_of_list("widths", self.widths, {"width": self.width}),
        ]
        if not faults and self.widths is not None and len(self.widths) != len(self.blocks):
            faults.append(
                f"widths must name as many stages as there are, but got widths={shown(self.widths)} "
                f"for {len(self.blocks)} stages"
            )
        return faults


def _faults_of_list(name: str, each: object, instead: dict[str, int | None]) -> Faults:
    """A list must be one, and stands in the place of other numbers, not beside them."""
    if each is None:
        return []
    if not isinstance(each, tuple) or not 1 <= len(each) <= MAX_STAGES:
        return [f"{name} must be a list with a number for each stage, but got {name}={shown(each)}"]
    both = [key for key, value in instead.items() if value is not None]
    return [f"{name} takes the place of {' and '.join(instead)}, but got {' and '.join(both)} too"] if both else []
