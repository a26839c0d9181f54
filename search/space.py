"""Design spaces: which families, which ranges of their numbers and of the training's, and which budget.

A space is YAML. Each number is a range (`{low: 8, high: 64, step: 8}`, `{low: 0.001, high: 0.01, log: true}`), a list
of choices, or a single value. All faults of a file are reported at once.
"""

import math
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from pydantic import (
    BaseModel,
    ByteSize,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from models.errors import ImpossibleNetwork, ImpossibleRecipe
from models.registry import declared_space, family, list_families, resolve
from models.training.recipe import Recipe, refuse_unsearchable
from search.errors import SpaceError
from search.strict_yaml import read_yaml

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

Scalar = bool | int | float | str | None
_SHORT = 64
_DIGITS = 12
_TRAIN = {"lr": {"low": 0.001, "high": 0.01, "log": True}, "optimizer": ["adamw"]}


class Range(BaseModel):
    """Numbers from `low` to `high`, both included; whole where both bounds are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: int | float
    high: int | float
    step: int | float | None = None
    log: bool = False

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"low <= high must hold, but got low={self.low}, high={self.high}")
        if self.step is not None and self.step <= 0:
            raise ValueError(f"step > 0 must hold, but got step={self.step}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError(f"a log range needs low > 0 and no step, but got low={self.low}, step={self.step}")
        return self

    @property
    def ends(self) -> list[Scalar]:
        return [self.low, self.high]

    @property
    def tried(self) -> list[Scalar]:
        """Values to try a family with: all of a short whole range, else its ends."""
        if not self._whole or (self.high - self.low) // (self.step or 1) > _SHORT:
            return self.ends
        return list(range(int(self.low), int(self.high) + 1, int(self.step or 1)))

    @property
    def count(self) -> int | None:
        """How many values there are; None for any number in between."""
        if self._whole:
            return int(self.high - self.low) // int(self.step or 1) + 1
        if self.step is not None:
            return int((self.high - self.low) / self.step + 1e-9) + 1
        return 1 if self.low == self.high else None

    def share(self, value: Scalar) -> float:
        """Where a value lies between the ends, 0 to 1, on the range's own scale."""
        low, high, at = (math.log(float(x or 0)) if self.log else float(x or 0) for x in (self.low, self.high, value))
        return (at - low) / (high - low) if high > low else 0.0

    def suggest(self, trial: "Trial", name: str) -> Scalar:
        """A value that the trial's sampler chooses."""
        if self._whole:
            return trial.suggest_int(name, int(self.low), int(self.high), step=int(self.step or 1), log=self.log)
        chosen = trial.suggest_float(name, self.low, self.high, step=self.step, log=self.log)
        return chosen if self.step is None else _plain(chosen)

    def distribution(self) -> "BaseDistribution":
        from optuna.distributions import FloatDistribution, IntDistribution

        if self._whole:
            return IntDistribution(int(self.low), int(self.high), log=self.log, step=int(self.step or 1))
        return FloatDistribution(self.low, self.high, log=self.log, step=self.step)

    def draw(self, rng: np.random.Generator) -> Scalar:
        if self._whole and not self.log:
            return int(self.low + int(self.step or 1) * rng.integers(0, self.count))
        if self.step is not None:
            steps = rng.integers(0, self.count)
            return _plain(float(self.low + self.step * steps))
        if not self.log:
            return float(rng.uniform(self.low, self.high))
        if self._whole:
            return min(int(np.exp(rng.uniform(np.log(self.low), np.log(self.high + 1)))), int(self.high))
        return float(np.exp(rng.uniform(np.log(self.low), np.log(self.high))))

    @property
    def _whole(self) -> bool:
        return all(isinstance(number, int) for number in (self.low, self.high, self.step or 1))


def _plain(number: float) -> float:
    """1.4, not 1.4000000000000001."""
    return float(f"{number:.{_DIGITS}g}")


class Choices(BaseModel):
    """One of several values."""

    model_config = ConfigDict(frozen=True)

    values: tuple[Scalar, ...]

    @model_validator(mode="before")
    @classmethod
    def _no_lists(cls, data: Any) -> Any:
        values = data.get("values") if isinstance(data, dict) else None
        lists = [value for value in values if isinstance(value, list)] if isinstance(values, list) else []
        if lists:
            raise ValueError(f"a choice must be a number, a word, true, false or null, but got {lists[0]}")
        return data

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.values:
            raise ValueError("a list of choices must not be empty")
        if len(set(self.values)) < len(self.values):
            raise ValueError(f"choices must differ, but got {list(self.values)}")
        return self

    @property
    def ends(self) -> list[Scalar]:
        return list(self.values)

    tried = ends

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    def suggest(self, trial: "Trial", name: str) -> Scalar:
        """A value that the trial's sampler chooses."""
        chosen: Scalar = trial.suggest_categorical(name, self.values)
        return chosen

    def distribution(self) -> "BaseDistribution":
        from optuna.distributions import CategoricalDistribution

        return CategoricalDistribution(self.values)

    def draw(self, rng: np.random.Generator) -> Scalar:
        return self.values[rng.integers(len(self.values))]


def _kind(domain: object) -> str:
    return "choices" if isinstance(domain, Choices) or (isinstance(domain, dict) and "values" in domain) else "range"


Domain = Annotated[Annotated[Range, Tag("range")] | Annotated[Choices, Tag("choices")], Discriminator(_kind)]
Numbers = dict[str, Domain]


class Budget(BaseModel):
    """What an architecture may cost; drafts beyond it never become trials.

    Attributes:
        max_flops: of one forward pass on one record.
        max_params: learnable parameters.
        max_memory: bytes of a training step at its peak; 8GB and 8GiB are understood.
        receptive_field: the fewest and the most input samples that one sample of the last feature map may depend on.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_flops: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    max_params: int | None = Field(default=None, gt=0)
    max_memory: ByteSize | None = Field(default=None, gt=0)
    receptive_field: tuple[int, int] | None = None

    @field_validator("max_memory", mode="before")
    @classmethod
    def _size(cls, given: object) -> object:
        try:
            return TypeAdapter(ByteSize | None).validate_python(given)
        except ValidationError as error:
            raise ValueError(f"a size is written like 8GB or 512MiB, but got {given!r}") from error

    @field_validator("receptive_field", mode="before")
    @classmethod
    def _bounds(cls, given: object) -> object:
        """Of A:B as people type it, or of two numbers."""
        bounds = given.split(":") if isinstance(given, str) else given
        try:
            low, high = TypeAdapter(tuple[int, int] | None).validate_python(bounds) or (1, 1)
        except ValidationError as error:
            raise ValueError(f"a receptive field is written A:B, in samples, but got {given!r}") from error
        if not 1 <= low <= high:
            raise ValueError(f"a receptive field A:B needs 1 <= A <= B, in samples, but got {given!r}")
        return bounds


class DesignSpace(BaseModel):
    """A validated design space; see the module's docstring for its form as YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    families: dict[str, Numbers] = Field(min_length=1)
    train: Numbers = Field(default_factory=dict)
    budget: Budget = Budget()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        long = dict(data)
        if isinstance(data.get("families"), dict):
            long["families"] = {name: _long(numbers) for name, numbers in data["families"].items()}
        if "train" in data:
            long["train"] = _long(data["train"])
        return long

    @cached_property
    def domains(self) -> dict[str, Range | Choices]:
        """Every prefixed parameter, those of all families."""
        domains: dict[str, Range | Choices] = {"family": Choices(values=tuple(self.families))}
        for name in self.families:
            domains |= self._domains_of(name)
        return domains

    def _domains_of(self, family_name: str) -> dict[str, Range | Choices]:
        """The prefixed parameters that a network of the family has, and those of its training."""
        numbers = {f"{family_name}.{number}": domain for number, domain in self.families[family_name].items()}
        return numbers | {f"train.{number}": domain for number, domain in self.train.items()}

    @cached_property
    def _distributions(self) -> dict[str, "BaseDistribution"]:
        return {name: domain.distribution() for name, domain in self.domains.items()}

    def distribution(self, parameter: str) -> "BaseDistribution":
        """Optuna's distribution of a prefixed parameter."""
        return self._distributions[parameter]

    def draw(self, rng: np.random.Generator) -> dict[str, Scalar]:
        """Prefixed parameters, each uniform in its range; only the drawn family's numbers are among them."""
        name = list(self.families)[rng.integers(len(self.families))]
        return {"family": name, **{number: domain.draw(rng) for number, domain in self._domains_of(name).items()}}

    def suggest(self, trial: "Trial") -> dict[str, Scalar]:
        """Prefixed parameters that a trial's sampler chooses."""
        name = str(self.domains["family"].suggest(trial, "family"))
        numbers = self._domains_of(name).items()
        return {"family": name, **{number: domain.suggest(trial, number) for number, domain in numbers}}

    def vary(self, params: Mapping[str, Scalar], rng: np.random.Generator) -> dict[str, Scalar]:
        """The same parameters with one of them drawn anew; never another family."""
        numbers = self._domains_of(str(params["family"]))
        name = list(numbers)[rng.integers(len(numbers))] if numbers else "family"
        return {**params, name: self.domains[name].draw(rng)} if numbers else dict(params)

    def could_draw(self, params: Mapping[str, Any]) -> bool:
        """Whether a set has the parameters of one of the families, whatever their values."""
        name = params.get("family")
        return name in self.families and params.keys() == {"family", *self._domains_of(str(name))}

    @cached_property
    def size(self) -> int | None:
        """How many sets of parameters there are; None where a number may be any in between."""
        total = 0
        for name in self.families:
            counts = [domain.count for domain in self._domains_of(name).values()]
            if None in counts:
                return None
            total += math.prod(count for count in counts if count is not None)
        return total

    @cached_property
    def parts(self) -> list["DesignSpace"]:
        """Each family on its own."""
        return [self.only(name) for name in self.families]

    def only(self, name: str) -> "DesignSpace":
        """The same space with one of its families."""
        return self._with(families={name: self.families[name]})

    def within(self, **limits: object) -> "DesignSpace":
        """The same space with those limits of `Budget` that are given; None leaves one as it is.

        Raises:
            SpaceError: a limit is out of its range.
        """
        given = {name: limit for name, limit in limits.items() if limit is not None}
        try:
            budget = Budget.model_validate({**self.budget.model_dump(), **given})
        except ValidationError as error:
            faults = "; ".join(f"{_place(('budget', *fault['loc']))}: {_rule(fault)}" for fault in error.errors())
            raise SpaceError(f"{faults}") from error
        return self._with(budget=budget)

    def _with(self, **parts: Any) -> "DesignSpace":
        """Made anew: a copy would keep what was derived from the old parts."""
        own = {"families": self.families, "train": self.train, "budget": self.budget}
        return DesignSpace.model_construct(**{**own, **parts})


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
        raise SpaceError("; ".join(_family_faults(name, {})) or _whose_preset(name))
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
    faults: dict[str, str] = {}
    space = None
    try:
        space = DesignSpace.model_validate(data)
    except ValidationError as error:
        for fault in error.errors():
            faults.setdefault(_place(fault["loc"]), _rule(fault))
    listed = [f"{place}: {rule}" for place, rule in faults.items()] + _faults_of_meaning(data)
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


def _long(numbers: object) -> object:
    """Lists and single values in their long form; anything else is left for validation to judge."""
    if numbers is None:
        return {}
    if not isinstance(numbers, dict):
        return numbers
    return {
        name: _numbers_in(domain)
        if isinstance(domain, dict)
        else {"values": [_number(value) for value in (domain if isinstance(domain, list) else [domain])]}
        for name, domain in numbers.items()
    }


def _numbers_in(domain: dict[object, object]) -> dict[object, object]:
    return {key: _number(value) for key, value in domain.items()}


def _number(value: object) -> object:
    """YAML takes 1e-3 for text, since it has no decimal point; people take it for a number."""
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _faults_of_meaning(data: object) -> list[str]:
    """Names nobody knows and values that a family or the training refuses, in all parts that have the right form."""
    if not isinstance(data, dict):
        return []
    families = data.get("families")
    faults = [
        fault
        for name, numbers in (families.items() if isinstance(families, dict) else ())
        for fault in _family_faults(str(name), _readable(numbers))
    ]
    return faults + _training_faults(_readable(data.get("train")))


def _readable(numbers: object) -> Numbers:
    """The numbers whose ranges can be read; the others are reported by their form."""
    long = _long(numbers)
    readable: Numbers = {}
    for name, domain in long.items() if isinstance(long, dict) else ():
        try:
            readable[str(name)] = TypeAdapter(Domain).validate_python(domain)
        except ValidationError:
            continue
    return readable


def _family_faults(name: str, numbers: Mapping[str, Range | Choices]) -> list[str]:
    """Unknown names and values the family refuses, each tried on its own."""
    faults = []
    for values in [{}, *({number: value} for number, domain in numbers.items() for value in domain.tried)]:
        try:
            family(name, values)
        except ImpossibleNetwork as error:
            faults.append(str(error))
    return list(dict.fromkeys(faults))


def _training_faults(train: Numbers) -> list[str]:
    """Settings that a study does not vary and values that no training takes, each tried on its own."""
    faults = []
    for name, domain in train.items():
        try:
            refuse_unsearchable([name])
            for value in domain.ends:
                Recipe.of({name: value})
        except ImpossibleRecipe as error:
            faults.append(f"train.{name}: {error}")
    return faults


def _place(location: tuple[int | str, ...]) -> str:
    """A dotted path without pydantic's own words for the alternatives of a union."""
    own = {"range", "choices", "int", "float", "str", "bool"}
    return ".".join(str(part) for part in location if part not in own) or "the file"


def _rule(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key"
    if fault["type"] in ("model_type", "dict_type"):
        return f"expected names with their values, but got {fault.get('input')!r}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return message if fault["type"] == "value_error" else f"{message}, but got {fault.get('input')!r}"
