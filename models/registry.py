"""Families of networks by name, as in timm: a decorator registers one under its own name."""

import dataclasses
import difflib
import importlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol, TypeVar

from models.errors import ImpossibleNetwork
from models.layers import Sequence


class Family(Protocol):
    """A parametrised network: a frozen dataclass whose fields are its numbers."""

    stages: int

    def plan(self, leads: int, classes: int) -> Sequence:
        """The network's description, from N x leads x 1 x L to N x classes."""


_F = TypeVar("_F", bound=type)
_FAMILIES: dict[str, type[Any]] = {}
_BUILT_IN = ("convnext", "resnet")


def register_family(name: str) -> Callable[[_F], _F]:
    """Class decorator that makes a family known as `name`; a second one of the same name raises ValueError."""

    def register(cls: _F) -> _F:
        if name in _FAMILIES:
            raise ValueError(f"family {name!r} is registered already, by {_FAMILIES[name].__qualname__}")
        _FAMILIES[name] = cls
        return cls

    return register


@cache
def _load_built_in() -> None:
    for module in _BUILT_IN:
        importlib.import_module(f"models.families.{module}")


def list_families() -> list[str]:
    """Names of all families, sorted."""
    _load_built_in()
    return sorted(_FAMILIES)


def number_names(name: str) -> list[str]:
    """Names of the numbers of family `name`."""
    return [field.name for field in dataclasses.fields(_family_class(name))]


def family(name: str, numbers: Mapping[str, Any]) -> Family:
    """The family `name` with its numbers; those not given take the family's defaults.

    Raises:
        ImpossibleNetwork: no such family, no such number, or a value the family refuses.
    """
    cls = _family_class(name)
    unknown = sorted(set(numbers) - set(number_names(name)))
    if unknown:
        raise ImpossibleNetwork(f"{name} has no number {_names(unknown, number_names(name))}")
    made: Family = cls(**numbers)
    return made


def _family_class(name: str) -> type[Any]:
    if name not in list_families():
        raise ImpossibleNetwork(f"no family {_names([name], list_families())}")
    return _FAMILIES[name]


def _names(unknown: list[str], known: list[str]) -> str:
    """The unknown names, those known, and the nearest of them."""
    near = difflib.get_close_matches(unknown[0], known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{', '.join(map(repr, unknown))}; known: {', '.join(known)}{hint}"
