"""`ecgscale describe`: what an architecture costs, before it exists."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from search.cli.options import AsJson, Plugin

if TYPE_CHECKING:
    from models import Complexity

_BAD_INPUT = 2


def describe(
    family: Annotated[
        str | None, typer.Argument(help="Name of a family or a preset, for instance resnet or resnet50.")
    ] = None,
    numbers: Annotated[
        list[str] | None,
        typer.Argument(
            help="Its numbers; those not given take the family's defaults. Lists as in JSON: depths=[2,2,2,2].",
            metavar="KEY=VALUE",
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Describe one architecture per line of this JSONL file (- is the standard input), as JSON: the keys "
            "are the family's numbers, and family where it is not FAMILY.",
            show_default=False,
        ),
    ] = None,
    leads: Annotated[int, typer.Option(min=1, help="Leads of the input.")] = 12,
    length: Annotated[int, typer.Option(min=1, help="Samples of the input.")] = 1024,
    classes: Annotated[int, typer.Option(min=1, help="Classes of the output.")] = 26,
    batch_size: Annotated[int, typer.Option(min=1, help="Records per training step, for its memory.")] = 32,
    as_json: AsJson = False,
    plugin: Plugin = None,
) -> None:
    """Print what an architecture costs: parameters, FLOPs, receptive field, memory. Without FAMILY: which there are.

    Example: ecgscale describe resnet depths=[3,4,6,3] block=bottleneck --length 1000
    """
    given = _parse(numbers or [])
    shape = {"leads": leads, "length": length, "classes": classes}
    if file is not None:
        _refuse_both(given)
        raise typer.Exit(_describe_lines(_lines(file), family, shape, batch_size))
    if family is None:
        _list_families()
    elif as_json:
        print(json.dumps(_data(family, given, shape, batch_size)))
    else:
        _print(family, given, shape, batch_size)


def _parse(numbers: list[str]) -> dict[str, Any]:
    """
    Raises:
        ImpossibleNetwork: not of the form key=value, or a key is given twice.
    """
    from models.errors import ImpossibleNetwork

    given: dict[str, Any] = {}
    for number in numbers:
        key, equals, value = number.partition("=")
        if not (key and equals and value):
            raise ImpossibleNetwork(f"numbers are given as key=value, for instance width=64, but got {number!r}")
        if key in given:
            raise ImpossibleNetwork(f"a number is given once, but got {key} twice")
        given[key] = _value(value)
    return given


def _value(text: str) -> Any:
    """JSON, or a word as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refuse_both(given: dict[str, Any]) -> None:
    from models.errors import ImpossibleNetwork

    if given:
        raise ImpossibleNetwork(f"with --from the numbers stand in the file, but got {', '.join(given)} beside it")


def _lines(file: Path) -> Iterator[str]:
    """
    Raises:
        ImpossibleNetwork: the file cannot be read.
    """
    from models.errors import ImpossibleNetwork

    try:
        if str(file) == "-":
            yield from sys.stdin
            return
        with file.open(encoding="utf-8") as lines:
            yield from lines
    except (OSError, UnicodeDecodeError) as error:
        raise ImpossibleNetwork(f"cannot read {file}: {error}; name a text file of one JSON object per line") from error


def _describe_lines(lines: Iterable[str], family: str | None, shape: dict[str, int], batch_size: int) -> int:
    """Print a JSON object for each line, in its place; the exit code."""
    from models.errors import ImpossibleNetwork

    code = 0
    for line in lines:
        try:
            numbers = _object(line)
            name = str(numbers.pop("family", None) or family or "")
            if not name:
                raise ImpossibleNetwork("the line names no family; add the key family, or name it before --from")
            described = _data(name, numbers, shape, batch_size)
        except ImpossibleNetwork as error:
            described, code = {"error": str(error)}, _BAD_INPUT
        print(json.dumps(described))
    return code


def _object(line: str) -> dict[str, Any]:
    from models.errors import ImpossibleNetwork

    try:
        numbers = json.loads(line)
    except ValueError as error:
        raise ImpossibleNetwork(f"the line is not JSON: {error}") from error
    if not isinstance(numbers, dict):
        raise ImpossibleNetwork(f"a line must be a JSON object of numbers, but got {line.strip()[:80]}")
    return numbers


def _data(name: str, numbers: dict[str, Any], shape: dict[str, int], batch_size: int) -> dict[str, Any]:
    from models import complexity
    from models.registry import family, number_names, resolve

    made_of, every = resolve(name, numbers)
    made = family(made_of, every)
    counted = complexity(made_of, every, **shape)
    return {
        "family": made_of,
        "numbers": {number: getattr(made, number) for number in number_names(made_of)},
        **shape,
        **asdict(counted),
        "training_memory": {"batch_size": batch_size, **_memory(counted, batch_size)},
    }


def _memory(counted: "Complexity", batch_size: int) -> dict[str, int | None]:
    """Bytes by precision."""
    from models.memory import training_memory
    from models.training.recipe import Precision

    return {
        precision.value: training_memory(counted, batch_size=batch_size, precision=precision) for precision in Precision
    }


def _list_families() -> None:
    from models import list_families, list_presets
    from models.registry import number_names

    for name in list_families():
        presets = list_presets(name)
        print(f"{name:<10}{', '.join(number_names(name))}")
        if presets:
            print(f"{'':<10}presets: {', '.join(presets)}")


def _print(name: str, numbers: dict[str, Any], shape: dict[str, int], batch_size: int) -> None:
    from models.registry import resolve

    data = _data(name, numbers, shape, batch_size)
    given = " ".join(f"{key}={_typed(value)}" for key, value in resolve(name, numbers)[1].items())
    print(f"{data['family']} {given}".rstrip())
    print("{leads} leads x {length} samples, {classes} classes\n".format(**shape))
    for words, text in _rows(data, batch_size):
        print(f"{words:<22}{text}")


def _rows(data: dict[str, Any], batch_size: int) -> Iterator[tuple[str, str]]:
    yield "parameters", f"{data['params']:,}"
    yield "FLOPs", f"{data['flops']:,}"
    yield "receptive field", _count(data["receptive_field"], "sample")
    yield "stride", _count(data["stride"], "sample")
    yield "stages", _count(data["stages"])
    for words, values in data["details"].items():
        yield f"  {words}", _listed(values)
    yield (
        "activations",
        f"{_count(data['activations'], 'element')} per record, {_count(data['peak_activations'])} at once",
    )
    memory = data["training_memory"]
    yield (
        "training memory",
        f"{_size(memory['fp32'])} (bf16: {_size(memory['bf16'])}) at batch size {batch_size}, adamw",
    )
    yield "architecture", data["architecture"]


def _typed(value: Any) -> str:
    """A value as one types it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _count(value: int | None, unit: str = "") -> str:
    """A number of things; `unit` is their name in the singular."""
    if value is None:
        return "not known"
    return f"{value:,} {unit}{'s' if unit and value != 1 else ''}".rstrip()


def _size(value: int | None) -> str:
    if value is None:
        return "not known"
    return f"{value / 1e9:.1f} GB" if value >= 1e9 else f"{value / 1e6:.0f} MB"


def _listed(values: list[Any]) -> str:
    """Numbers of each stage; a list of each stage by its length and its last."""
    return ", ".join(f"1..{value[-1]} ({len(value)})" if isinstance(value, list) else str(value) for value in values)
