"""Design spaces: which families, which ranges of their numbers and of the training's, and which budget.

A space is YAML. Each number is a range (`{low: 8, high: 64, step: 8}`, `{low: 0.001, high: 0.01, log: true}`), a list
of choices, or a single value. All faults of a file are reported at once.
"""

import math
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analysis.regions.region import Region, Scalar
from search.errors import SpaceError
from search.space.budget import Budget
from search.space.domains import Choices, Numbers, Range, long_form
from search.space.faults import described

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial


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
            long["families"] = {name: long_form(numbers) for name, numbers in data["families"].items()}
        if "train" in data:
            long["train"] = long_form(data["train"])
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

    def contains(self, params: Mapping[str, Any]) -> bool:
        """Whether a draw could give the set."""
        return self.could_draw(params) and all(value in self.domains[name] for name, value in params.items())

    @cached_property
    def region(self) -> Region:
        """The space as a region, with a part for every parameter."""
        return Region({name: domain.part for name, domain in self.domains.items()})

    def narrowed(self, region: Region) -> "DesignSpace":
        """What of the space lies in a region, within the same budget.

        Raises:
            SpaceError: nothing of a parameter does, or the region has a part of one that the space has not.
        """
        if unknown := region.parts.keys() - self.domains.keys():
            raise SpaceError(f"the space has no {min(unknown)} to narrow; known: {', '.join(self.domains)}")
        domains = {name: self._narrowed(name, region) for name in self.domains}
        kept = domains["family"].ends

        def numbers(group: str, whole: Numbers) -> Numbers:
            return {name: domains[f"{group}.{name}"] for name in whole}

        return self._with(
            families={name: numbers(name, whole) for name, whole in self.families.items() if name in kept},
            train=numbers("train", self.train),
        )

    def _narrowed(self, name: str, region: Region) -> Range | Choices:
        domain = self.domains[name]
        if name not in region.parts:
            return domain
        narrower = domain.within(region.parts[name])
        if narrower is None:
            raise SpaceError(f"no value of {name} in the space lies in {region.parts[name]}; choose another region")
        return narrower

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
            raise SpaceError("; ".join(described(error, "budget"))) from error
        return self._with(budget=budget)

    def _with(self, **parts: Any) -> "DesignSpace":
        """Made anew: a copy would keep what was derived from the old parts."""
        own = {"families": self.families, "train": self.train, "budget": self.budget}
        return DesignSpace.model_construct(**{**own, **parts})
