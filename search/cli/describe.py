"""`ecgscale describe`: what an architecture costs, before it exists."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from search.cli import completion
from search.cli.bars import stages
from search.cli.keys import parse_keys
from search.cli.options import AsJson, Plugin

_BAD_INPUT = 2
_TELL_EVERY = 100
_WANTED = "name a file of one JSON object per line"


def describe(
    family: Annotated[
        str | None,
        typer.Argument(
            help="Name of a family or a preset, for instance resnet or resnet50.", autocompletion=completion.networks
        ),
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
            "are the family's numbers, and family where it is not FAMILY. KEY=VALUE holds for lines without KEY.",
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
    from search.description import describe_architecture, describe_families, describe_lines

    given = parse_keys(numbers or [])
    shape = {"leads": leads, "length": length, "classes": classes}
    if file is not None:
        failed = _print_lines(describe_lines(_lines(file), family, given, shape, batch_size=batch_size))
        raise typer.Exit(_BAD_INPUT if failed else 0)
    data = describe_architecture(family, given, shape, batch_size=batch_size) if family else describe_families(shape)
    if as_json:
        print(json.dumps(data))
    elif family:
        _print_architecture(data)
    else:
        _print_families(data)


def _print_lines(all_described: Iterator[dict[str, Any]]) -> int:
    """Print each as JSON; how many could not be described."""
    failed = 0
    with nullcontext() if sys.stdout.isatty() else stages() as say:
        for count, described in enumerate(all_described, start=1):
            print(json.dumps(described))
            failed += "error" in described
            if say is not None and not count % _TELL_EVERY:
                say(f"{count:,} architectures described")
    return failed


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
        with file.open(encoding="utf-8-sig") as lines:
            yield from lines
    except OSError as error:
        raise ImpossibleNetwork(f"cannot read {file}: {error.strerror}; {_WANTED}") from error
    except UnicodeDecodeError as error:
        raise ImpossibleNetwork(f"{file} is not text; {_WANTED}") from error


def _print_families(families: dict[str, Any]) -> None:
    for name, described in families.items():
        print(f"{name}: {described['about']}")
        print(f"  {' '.join(f'{number}={_typed(value)}' for number, value in described['numbers'].items())}")
        for preset, cost in described["presets"].items():
            print(f"  {preset:<16}{cost['params']:>14,} parameters {cost['flops']:>18,} FLOPs")


def _print_architecture(data: dict[str, Any]) -> None:
    print(f"{data['preset'] or data['family']}: {' '.join(_told(data['numbers']))}")
    inputs, outputs = _count(data["leads"], "lead"), _count(data["classes"], "class")
    print(f"{inputs} x {_count(data['length'], 'sample')}, {outputs}\n")
    for words, text in _rows(data):
        print(f"{words:<18}{text}")


def _told(numbers: dict[str, Any]) -> list[str]:
    return [f"{number}={_typed(value)}" for number, value in numbers.items() if value is not None]


def _rows(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "parameters", f"{data['params']:,}"
    yield "FLOPs", f"{data['flops']:,}"
    yield "receptive field", _count(data["receptive_field"], "sample")
    yield "stride", _count(data["stride"], "sample")
    yield "stages", _count(data["stages"])
    for words, values in data["details"].items():
        yield f"  {words}", _listed(values)
    alive = "" if data["peak_activations"] is None else f", {data['peak_activations']:,} at once"
    yield "activations", f"{_count(data['activations'], 'element')} per record{alive}"
    yield "training memory", _memory(data["training_memory"])
    yield "architecture", data["architecture"]


def _typed(value: Any) -> str:
    """A value as one types it."""
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _count(value: int | None, unit: str = "") -> str:
    """A number of things; `unit` is their name in the singular."""
    if value is None:
        return "not known"
    plural = {"class": "classes"}.get(unit, f"{unit}s")
    return f"{value:,} {unit if value == 1 else plural}" if unit else f"{value:,}"


def _memory(memory: dict[str, int | None]) -> str:
    if memory["fp32"] is None or memory["bf16"] is None:
        return "not known"
    return f"{_size(memory['fp32'])} at batch size {memory['batch_size']} ({_size(memory['bf16'])} in bf16)"


def _size(value: int) -> str:
    for limit, unit in ((1e12, "TB"), (1e9, "GB")):
        if value >= limit:
            return f"{value / limit:.1f} {unit}"
    return f"{value / 1e6:.0f} MB"


def _listed(values: list[Any]) -> str:
    """Numbers of each stage; a list of each stage by its length and its last."""
    return ", ".join(f"1..{value[-1]} ({len(value)})" if isinstance(value, list) else str(value) for value in values)
