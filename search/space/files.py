"""Design spaces as files and plain data."""

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.registry import declared_space, list_families, resolve
from search.errors import SpaceError
from search.space.design import DesignSpace
from search.space.domains import Choices, Range
from search.space.faults import described, family_faults, faults_of_meaning
from search.strict_yaml import read_yaml

_TRAIN = {"lr": {"low": 0.001, "high": 0.01, "log": True}, "optimizer": ["adamw"]}


def read_space(path: Path) -> DesignSpace:
    """The space in a YAML file.

    Raises:
        SpaceError: the file cannot be read, or naming every fault in it.
    """
    import yaml

    try:
        data = read_yaml(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise SpaceError(f"cannot read the design space {path}: {error}") from error
    except yaml.YAMLError as error:
        raise SpaceError(f"{path} is not YAML: {' '.join(str(error).split())}") from error
    return make_space(data, source=str(path))


def default_space(names: Iterable[str]) -> DesignSpace:
    """The default spaces of several families in one; the training's ranges are the first one's.

    Raises:
        SpaceError: an unknown family, or one without a default space.
    """
    merged: dict[str, Any] = {"families": {}}
    for name in names:
        data = read_yaml(default_space_text(name))
        merged["families"] |= data["families"]
        merged.setdefault("train", data["train"])
    return make_space(merged, source="the default space")


def default_space_text(name: str) -> str:
    """A family's default space as YAML, with its source in a comment.

    Raises:
        SpaceError: an unknown family, or one without a default space.
    """
    import yaml

    file = resources.files("search") / "spaces" / f"{name}.yaml"
    if name not in list_families():
        raise SpaceError("; ".join(family_faults(name, {})) or _whose_preset(name))
    if file.is_file():
        return file.read_text()
    numbers = declared_space(name)
    if numbers is None:
        raise SpaceError(f"{name} has no default space; name one by --space, or give register_family one")
    declared = {"families": {name: dict(numbers)}, "train": _TRAIN}
    make_space(declared, source=f"what {name} declares of itself")
    return f"# What {name} declares of itself.\n{yaml.safe_dump(declared, sort_keys=False, default_flow_style=None)}"


def _whose_preset(name: str) -> str:
    owner = resolve(name, {})[0]
    return f"{name} is a preset of {owner}; take the space of {owner}, or a space file with {name} in it"


def make_space(data: object, *, source: str) -> DesignSpace:
    """The space that plain data describe.

    Raises:
        SpaceError: naming every fault and where it is.
    """
    space, faults = None, []
    try:
        space = DesignSpace.model_validate(data)
    except ValidationError as error:
        faults = described(error)
    listed = faults + faults_of_meaning(data)
    if listed or space is None:
        raise SpaceError(f"{source} is not a design space: {'; '.join(listed)}")
    return space


def dump_space(space: DesignSpace) -> dict[str, Any]:
    """Plain data that `make_space` reads back."""

    def short(domain: Range | Choices) -> object:
        return list(domain.values) if isinstance(domain, Choices) else domain.model_dump(exclude_defaults=True)

    def numbers(domains: Mapping[str, Range | Choices]) -> dict[str, object]:
        return {name: short(domain) for name, domain in domains.items()}

    return {
        "families": {name: numbers(domains) for name, domains in space.families.items()},
        "train": numbers(space.train),
        "budget": space.budget.model_dump(exclude_none=True),
    }
