"""A region: which part of a design space a search draws from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Scalar = bool | int | float | str | None


@dataclass(frozen=True)
class SubRange:
    """Ordered numbers from `low` to `high`, both included."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and self.low <= value <= self.high


@dataclass(frozen=True)
class SubSet:
    """Some of several choices, in the space's own order."""

    values: tuple[Scalar, ...]

    def __contains__(self, value: object) -> bool:
        return value in self.values


Part = SubRange | SubSet


@dataclass(frozen=True)
class Region:
    """Sets of parameters whose values all lie in these parts; a parameter without a part is free.

    Attributes:
        parts: by prefixed parameter.
    """

    parts: Mapping[str, Part] = field(default_factory=dict)

    def __contains__(self, params: Mapping[str, Any]) -> bool:
        """Whether a set lies in the region; what it does not have, another family's numbers, is no obstacle."""
        return all(params[name] in part for name, part in self.parts.items() if name in params)

    @property
    def is_whole(self) -> bool:
        return not self.parts

    def but(self, name: str, part: Part | None) -> "Region":
        """The region with another part of one parameter; None frees it."""
        parts = {**self.parts, name: part}
        return Region({name: part for name, part in parts.items() if part is not None})

    def dump(self) -> dict[str, Any]:
        """Plain data that `load` reads back."""
        return {name: dump_part(part) for name, part in self.parts.items()}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> "Region":
        return cls({name: load_part(told) for name, told in data.items()})


def dump_part(part: Part) -> Any:
    """Plain data: [low, high] of a range, {"values": [...]} of choices."""
    return [part.low, part.high] if isinstance(part, SubRange) else {"values": list(part.values)}


def load_part(told: Any) -> Part:
    """What `dump_part` has made plain."""
    return SubSet(tuple(told["values"])) if isinstance(told, dict) else SubRange(*told)
