"""Numbers of networks that are made of stages, each after the first with half the length."""

from dataclasses import dataclass
from typing import ClassVar

from models.numbers import MOST_IN_LIST, Faults, shown, whole_list_or_null, whole_or_null

MAX_DEPTH = 1000


@dataclass(frozen=True)
class Depths:
    """How many blocks each stage has: `depth` in each of `stages`, or one by one in `depths`.

    Attributes:
        stages: groups of blocks.
        depth: blocks per stage.
        depths: blocks of each stage, in the place of the two.

    `rivals` names, for each number, those in whose place it stands.
    """

    stages: int | None = None
    depth: int | None = None
    depths: tuple[int, ...] | None = None

    rivals: ClassVar[dict[str, tuple[str, ...]]] = {"depths": ("stages", "depth")}
    default_stages: ClassVar[int] = 4
    default_depth: ClassVar[int] = 2

    @property
    def blocks(self) -> tuple[int, ...]:
        """Blocks of each stage."""
        if self.depths is not None:
            return self.depths
        return (self.depth or self.default_depth,) * self._stages()

    def _stages(self) -> int:
        return self.stages or self.default_stages

    def faults_of_depths(self) -> Faults:
        return [
            *whole_or_null(most=MOST_IN_LIST, stages=self.stages),
            *whole_or_null(most=MAX_DEPTH, depth=self.depth),
            *whole_list_or_null(most=MAX_DEPTH, depths=self.depths),
            *self._faults_of_rivals(),
        ]

    def _faults_of_rivals(self) -> Faults:
        """A list stands in the place of other numbers, not beside them."""
        faults = []
        for name, others in self.rivals.items():
            both = [other for other in others if getattr(self, name) is not None and getattr(self, other) is not None]
            if both:
                faults.append(f"{name} takes the place of {' and '.join(others)}, but got {' and '.join(both)} too")
        return faults


@dataclass(frozen=True)
class Widths(Depths):
    """How many channels each stage has: `width` in the first and twice as many in each next, or one by one in `widths`.

    Attributes:
        width: channels of the first stage.
        widths: channels of each stage, in its place.
    """

    width: int | None = None
    widths: tuple[int, ...] | None = None

    rivals: ClassVar[dict[str, tuple[str, ...]]] = {**Depths.rivals, "widths": ("width",)}
    default_width: ClassVar[int] = 64

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of each stage."""
        if self.widths is not None:
            return self.widths
        return tuple((self.width or self.default_width) * 2**stage for stage in range(len(self.blocks)))

    def _stages(self) -> int:
        return self.stages or (self.default_stages if self.widths is None else len(self.widths))

    def faults_of_stages(self) -> Faults:
        faults = [
            *self.faults_of_depths(),
            *whole_or_null(width=self.width),
            *whole_list_or_null(widths=self.widths),
        ]
        if not faults and self.widths is not None and len(self.widths) != len(self.blocks):
            faults.append(
                f"widths must name as many stages as there are, but got widths={shown(self.widths)} "
                f"for {len(self.blocks)} stages"
            )
        return faults
