"""Families of networks by name, as in timm: a decorator registers one under its own name, with its presets."""

import dataclasses
import difflib
import importlib
import numbers as abstract
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from models.errors import ImpossibleNetwork
from models.plan import Plan
from models.plugins import load_entry_points

if TYPE_CHECKING:
    from torch import nn


@runtime_checkable
class Family(Protocol):
    """A parametrised network: a frozen dataclass whose fields are its numbers."""

    def plan(self, leads: int, length: int, classes: int) -> Plan:
        """The network's description for leads x length inputs.

        Raises:
            ImpossibleNetwork: the numbers describe no network for such inputs.
        """


class UndescribedFamily(Protocol):
    """A parametrised network that is written in torch alone, and counted by building it without weights."""

    def build(self, leads: int, length: int, classes: int) -> "nn.Module":
        """The network, from N x leads x length to N x classes logits."""


_F = TypeVar("_F", bound=type)
_FAMILIES: dict[str, type[Any]] = {}
_PRESETS: dict[str, tuple[str, Mapping[str, Any]]] = {}
_SPACES: dict[str, Mapping[str, Any]] = {}
_RESERVED = ("family", "train")  # they begin the names of other parameters
_BUILT_IN = ("convnext", "densenet", "ecoscale", "oscnn", "regnet", "resnet", "vit")


def register_family(
    name: str, *, presets: Mapping[str, Mapping[str, Any]] | None = None, space: Mapping[str, Any] | None = None
) -> Callable[[_F], _F]:
    """Class decorator that makes a family known as `name`, and some of its numbers by names of their own.

    Args:
        presets: numbers by the name of each preset.
        space: what a search tries by default, for each number what a design space has for it in YAML.

    Raises:
        ValueError: a name is taken or cannot be one, or a preset or the space has a number that the class has not.
        TypeError: the class is no dataclass of numbers with defaults, or makes no network.
    """

    def register(cls: _F) -> _F:
        if not _is_built_in(cls):
            _load_built_in()  # so that their names are taken
        _check(name, cls, [space or {}, *(presets or {}).values()])
        for taken in (name, *(presets or {})):
            if not taken.isidentifier() or taken in _RESERVED:
                raise ValueError(
                    f"a name must be of letters, digits and _, and none of {', '.join(_RESERVED)}, but got {taken!r}"
                )
            if taken in _FAMILIES or taken in _PRESETS:
                owner = _FAMILIES[_PRESETS[taken][0] if taken in _PRESETS else taken].__qualname__
                raise ValueError(f"the name {taken!r} is registered already, by {owner}")
        _FAMILIES[name] = cls
        _PRESETS.update({preset: (name, numbers) for preset, numbers in (presets or {}).items()})
        if space is not None:
            _SPACES[name] = space
        return cls

    return register


def _check(name: str, cls: type, uses: list[Mapping[str, Any]]) -> None:
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"family {name!r} must be a dataclass of its numbers: put @dataclass below @register_family")
    bare = [
        field.name
        for field in dataclasses.fields(cls)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    if bare:
        raise TypeError(f"every number of family {name!r} needs a default, but {', '.join(bare)} has none")
    if not (hasattr(cls, "plan") or hasattr(cls, "build")):
        raise TypeError(f"family {name!r} must have a method plan or build, with leads, length and classes")
    known = _fields(cls)
    unknown = sorted({number for numbers in uses for number in numbers} - set(known))
    if unknown:
        raise ValueError(f"a preset or the space of {name} names {', '.join(unknown)}; its numbers: {', '.join(known)}")


def _fields(cls: type[Any]) -> list[str]:
    return [field.name for field in dataclasses.fields(cls)]


def _is_built_in(cls: type) -> bool:
    return cls.__module__.startswith("models.families.")


def forget(module: str) -> None:
    """Take back what a module registered."""
    gone = {name for name, cls in _FAMILIES.items() if cls.__module__ == module}
    for name in gone:
        del _FAMILIES[name]
        _SPACES.pop(name, None)
    for preset in [preset for preset, (owner, _) in _PRESETS.items() if owner in gone]:
        del _PRESETS[preset]


@cache
def _load_built_in() -> None:
    for module in _BUILT_IN:
        importlib.import_module(f"models.families.{module}")


@cache
def _load_offered() -> None:
    load_entry_points()


def list_families() -> list[str]:
    """Names of all families, sorted."""
    _load_built_in()
    _load_offered()
    return sorted(_FAMILIES)


def list_presets(name: str | None = None) -> list[str]:
    """Names of all presets, or of those of one family, in the order of their registration."""
    list_families()
    return [preset for preset, (owner, _) in _PRESETS.items() if name in (None, owner)]


def declared_space(name: str) -> Mapping[str, Any] | None:
    """What a search tries by default, where the family itself says so."""
    return _SPACES.get(name)


def resolve(name: str, numbers: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The family that `name` means, and its numbers; those given go before a preset's, also where the preset says the
    same with another number (`depth=3` before `depths=[2,2,2,2]`).

    Raises:
        ImpossibleNetwork: neither a family nor a preset has this name.
    """
    if name in list_families():
        return name, dict(numbers)
    if name not in _PRESETS:
        raise ImpossibleNetwork(
            f"no family {_names([name], [*list_families(), *_PRESETS])} (one of your own is loaded with --plugin)"
        )
    owner, preset = _PRESETS[name]
    rivals: Mapping[str, tuple[str, ...]] = getattr(_FAMILIES[owner], "rivals", {})
    said = [number for number, value in numbers.items() if value is not None]
    kept = {
        key: value
        for key, value in preset.items()
        if not any(number in rivals.get(key, ()) or key in rivals.get(number, ()) for number in said)
    }
    return owner, {**kept, **numbers}


def number_names(name: str) -> list[str]:
    """Names of the numbers of a family or a preset.

    Raises:
        ImpossibleNetwork: there is none of this name.
    """
    return _fields(_FAMILIES[resolve(name, {})[0]])


def family(name: str, numbers: Mapping[str, Any]) -> Family | UndescribedFamily:
    """A family or preset with its numbers; those not given take the family's defaults. Lists may stand for tuples.

    Raises:
        ImpossibleNetwork: no such family, no such number, or a value the family refuses.
    """
    owner, merged = resolve(name, numbers)
    cls = _FAMILIES[owner]
    known = _fields(cls)
    unknown = sorted(set(merged) - set(known))
    if unknown:
        raise ImpossibleNetwork(f"{owner} has no number {_names(unknown, known)}")
    with refusals_of(cls):
        made: Family | UndescribedFamily = cls(**{key: _plain(value) for key, value in merged.items()})
    return made


@contextmanager
def refusals_of(cls: type) -> Iterator[None]:
    """What a user's own family raises becomes a sentence, so that one bad architecture stops nothing else.

    Raises:
        ImpossibleNetwork: in the place of any other exception.
    """
    try:
        yield
    except Exception as error:
        if _is_built_in(cls) or isinstance(error, ImpossibleNetwork):
            raise
        kind = "" if type(error) is ValueError else f"{type(error).__name__}: "
        reason = " ".join(str(error).split())
        raise ImpossibleNetwork(f"{cls.__name__} cannot make this network: {kind}{reason}") from error


def _plain(value: object) -> object:
    """Lists as tuples, numbers of numpy as Python's, and 64.0 as 64."""
    if isinstance(value, list | tuple):
        return tuple(_plain(part) if not isinstance(part, list | tuple) else part for part in value)
    if isinstance(value, bool) or not isinstance(value, abstract.Real):
        return value
    if isinstance(value, abstract.Integral):
        return int(value)
    number = float(value)
    return int(number) if number.is_integer() else number


def _names(unknown: list[str], known: list[str]) -> str:
    """The unknown names, those known, and the nearest of them."""
    near = difflib.get_close_matches(unknown[0], known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{', '.join(map(repr, unknown))}; known: {', '.join(known)}{hint}"
