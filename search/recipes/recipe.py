"""A recipe: the experiment of a work that we answer to, as a study that can be created.

A recipe is YAML: `source` (whom to cite), `space` (a design space), `training` (epochs, batch_size, precision, crop in
seconds), `trials`, and where the work has them `arms` (parts of the space that are compared, each drawn from in turn),
`runs` (independent searches of each arm), `records` (the rate in Hz and the seconds of the work's own records) and
`networks` (those whose exact cost the work compares). All faults of a recipe are reported at once.
"""

import math
from importlib import resources
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from models import complexity
from models.errors import ImpossibleNetwork
from models.registry import family
from models.training.recipe import Precision
from search.errors import ConfigError, SpaceError
from search.plan import StudyPlan
from search.samplers import Sampler
from search.settings import SearchSettings, WantedTraining
from search.space import Choices, DesignSpace, Range, Scalar, make_space
from search.strict_yaml import read_yaml


class Training(BaseModel):
    """What all trainings share; what is left out is decided as for any study."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: int = Field(ge=1)
    batch_size: int | None = Field(default=None, ge=2)
    precision: Precision | None = None
    crop: float | None = Field(default=None, gt=0, allow_inf_nan=False)  # seconds


class Records(BaseModel):
    """The work's own records: samples per second and seconds, as far as known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rate: float | None = Field(default=None, gt=0)
    seconds: float | None = Field(default=None, gt=0)


class StudyRecipe(BaseModel):
    """A validated recipe; see the module's docstring for its form as YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    space: DesignSpace
    training: Training
    trials: int = Field(ge=1)
    arms: dict[str, dict[str, Any]] = {}
    runs: int = Field(default=1, ge=1)
    records: Records = Records()
    networks: dict[str, dict[str, Scalar]] = {}

    @field_validator("space", mode="before")
    @classmethod
    def _read_space(cls, given: object) -> object:
        try:
            return make_space(given, source="it")
        except SpaceError as error:
            raise ValueError(str(error)) from error

    @field_validator("networks")
    @classmethod
    def _check_networks(cls, given: dict[str, dict[str, Scalar]]) -> dict[str, dict[str, Scalar]]:
        for name, numbers in given.items():
            try:
                family(name, numbers)
            except ImpossibleNetwork as error:
                raise ValueError(str(error)) from error
        return given

    @model_validator(mode="after")
    def _check_arms(self) -> Self:
        faults = [fault for name, parts in self.arms.items() for fault in _faults_of_arm(name, parts, self.space)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def plan(self, name: str) -> StudyPlan:
        """The study that the recipe of this name describes: drawn blindly, nothing stopped early."""
        how = SearchSettings(
            Sampler.RANDOM, early_stopping=False, recipe=name, arms=dict(self.arms), runs=self.runs if self.arms else 1
        )
        return StudyPlan(self.space, self.trials, WantedTraining(**self.training.model_dump()), how)

    def costs(self, shape: dict[str, int]) -> dict[str, dict[str, int]]:
        """Parameters and FLOPs of `networks` for inputs of that shape; nothing of one that does not fit it."""
        found = {}
        for name, numbers in self.networks.items():
            try:
                counted = complexity(name, numbers, **shape)
            except ImpossibleNetwork:
                continue
            found[name] = {"params": counted.params, "flops": counted.flops}
        return found

    def note(self, *, rate: float, seconds: float) -> str:
        """How the work's records differ from such records, as a sentence; empty where they do not."""
        differing = [
            f"{theirs:g} {unit}, not {ours:g} {unit}"
            for theirs, ours, unit in ((self.records.rate, rate, "Hz"), (self.records.seconds, seconds, "s"))
            if theirs is not None and not math.isclose(theirs, ours)
        ]
        return f"the source's records have {' and '.join(differing)}" if differing else ""


def list_recipes() -> list[str]:
    """The names of all recipes."""
    files = (resources.files("search") / "recipes").iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))


def read_recipe(name: str) -> StudyRecipe:
    """
    Raises:
        ConfigError: there is no recipe of that name.
    """
    if name not in list_recipes():
        raise ConfigError(f"{name} is no known recipe; choose one of {', '.join(list_recipes())}")
    text = (resources.files("search") / "recipes" / f"{name}.yaml").read_text()
    return make_recipe(read_yaml(text), name=name)


def make_recipe(data: object, *, name: str) -> StudyRecipe:
    """The recipe that plain data describe.

    Raises:
        ConfigError: naming every fault and where it is.
    """
    try:
        return StudyRecipe.model_validate(data)
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}" for fault in error.errors()]
        told = "; ".join(fault.replace("Value error, ", "") for fault in faults)
        raise ConfigError(f"{name} is not a recipe: {told}") from error


def _faults_of_arm(arm: str, parts: dict[str, Any], space: DesignSpace) -> list[str]:
    """Parts that cannot be read, of parameters that the space does not have, or beyond their ranges."""
    faults = []
    for name, told in parts.items():
        domain = space.domains.get(name)
        if domain is None:
            faults.append(f"arms.{arm} names {name}, which the space does not have")
        elif not _is_part(told, domain):
            faults.append(f"arms.{arm}.{name} must be [low, high] or {{values: [...]}} within {domain}, but is {told}")
    return faults


def _is_part(told: object, domain: Range | Choices) -> bool:
    if isinstance(domain, Choices):
        values = told.get("values") if isinstance(told, dict) else None
        return isinstance(values, list) and bool(values) and set(values) <= set(domain.values)
    ends = told if isinstance(told, list) else []
    numbers = len(ends) == 2 and all(isinstance(end, int | float) for end in ends)
    return numbers and domain.low <= ends[0] <= ends[1] <= domain.high
