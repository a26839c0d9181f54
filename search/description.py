"""Architectures described as plain data: one, or one per line of a file."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from models import complexity, family, list_families, list_presets
from models.complexity import Complexity
from models.errors import ImpossibleNetwork
from models.memory import training_memory
from models.registry import number_names, resolve
from models.training.recipe import Precision

Shape = Mapping[str, int]


def describe_architecture(name: str, numbers: Mapping[str, Any], shape: Shape, *, batch_size: int) -> dict[str, Any]:
    """What the architecture is and costs: its complexity, every number, and training memory in bytes by precision.

    Args:
        name: of a family or a preset.
        shape: leads, length and classes.

    Raises:
        ImpossibleNetwork: the numbers describe no network for such inputs.
    """
    owner, chosen = resolve(name, numbers)
    counted = complexity(owner, chosen, **shape)
    return {
        "family": owner,
        "preset": None if name == owner else name,
        "numbers": numbers_of(owner, chosen),
        **shape,
        **asdict(counted),
        "training_memory": {"batch_size": batch_size, **_memory(counted, batch_size)},
    }


def describe_lines(
    lines: Iterable[str], name: str | None, numbers: Mapping[str, Any], shape: Shape, *, batch_size: int
) -> Iterator[dict[str, Any]]:
    """A description for each line of JSON; where a line describes no network, its number and the error in its place.

    Args:
        name: the family of lines that name none.
        numbers: those that hold where a line does not say otherwise.
    """
    for number, line in enumerate(lines, start=1):
        try:
            given = _object(line)
            chosen = given.pop("family", None) or name
            if not isinstance(chosen, str):
                raise ImpossibleNetwork(
                    f"a line names its family, or it stands before --from, but got {json.dumps(chosen)}"
                )
            yield describe_architecture(chosen, {**numbers, **given}, shape, batch_size=batch_size)
        except ImpossibleNetwork as error:
            yield {"error": str(error), "line": number}


def describe_families(shape: Shape) -> dict[str, Any]:
    """Each family: what it is, its numbers with their defaults, and what its presets cost."""

    def cost(preset: str) -> dict[str, int]:
        counted = complexity(preset, {}, **shape)
        return {"params": counted.params, "flops": counted.flops}

    return {
        name: {
            "about": (type(family(name, {})).__doc__ or "").strip().splitlines()[0],
            "numbers": numbers_of(name, {}),
            "presets": {preset: cost(preset) for preset in list_presets(name)},
        }
        for name in list_families()
    }


def numbers_of(name: str, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Every number of a family, given or by default."""
    made = family(name, numbers)
    return {number: getattr(made, number) for number in number_names(name)}


def _memory(counted: Complexity, batch_size: int) -> dict[str, int | None]:
    return {
        precision.value: training_memory(counted, batch_size=batch_size, precision=precision) for precision in Precision
    }


def _object(line: str) -> dict[str, Any]:
    """
    Raises:
        ImpossibleNetwork: the line is no JSON object, or says a number twice.
    """
    try:
        numbers = json.loads(line, object_pairs_hook=_each_once)
    except RecursionError as error:
        raise ImpossibleNetwork("the line is nested too deeply for numbers of a network") from error
    except ValueError as error:
        raise ImpossibleNetwork(f"the line is not JSON: {error}") from error
    if not isinstance(numbers, dict):
        raise ImpossibleNetwork(f"a line must be a JSON object of numbers, but got {line.strip()[:80]}")
    return numbers


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a number stands twice")
    return dict(pairs)
