"""Drafts: proposed sets of parameters that are not trials yet."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.complexity import Complexity, complexity
from models.training.recipe import Recipe
from search.config import StudyConfig
from search.sampling.strategy import Proposal
from storage.claims import NewTrial

_WHOLE: dict[str, Any] = {"region": None}


@dataclass(frozen=True)
class Draft:
    """A set of parameters with what is known before any weight exists.

    Attributes:
        params: prefixed names and values.
        family, numbers: the architecture.
        complexity: its exact cost at the study's input.
        recipe: how it is trained.
    """

    params: dict[str, Any]
    family: str
    numbers: dict[str, Any]
    complexity: Complexity
    recipe: Recipe

    @property
    def signature(self) -> str:
        """Equal for drafts that would train the same network in the same way."""
        same = [
            self.complexity.architecture,
            {k: v for k, v in self.params.items() if k.startswith("train.")},
        ]
        return hashlib.sha256(json.dumps([*same, self.recipe.seed], sort_keys=True).encode()).hexdigest()

    def new_trial(
        self, config: StudyConfig, proposal: Proposal, dropped: Mapping[str, int], origin: Mapping[str, Any] = _WHOLE
    ) -> NewTrial:
        """This draft, ready to be claimed.

        Args:
            proposal: as which it was drawn.
            dropped: drafts dropped on the way to it, by reason.
            origin: attributes that say from which part of the space it was drawn.
        """
        return NewTrial(
            params={name: (value, config.space.distribution(name)) for name, value in self.params.items()},
            attrs={
                "params": self.complexity.params,
                "flops": self.complexity.flops,
                "receptive_field": self.complexity.receptive_field,
                "stages": self.complexity.stages,
                "architecture": self.complexity.architecture,
                "store": config.store.fingerprint,
                **origin,
                "sampler": proposal.sampler,
                **({"fallback": True} if proposal.fallback else {}),
            },
            signature=self.signature,
            dropped={**dropped, **({"uniform_fallback": 1} if proposal.fallback else {})},
            system_attrs=proposal.attrs,
        )


def make_draft(config: StudyConfig, params: Mapping[str, Any]) -> Draft:
    """The draft that prefixed parameters describe.

    Raises:
        ImpossibleNetwork: they describe no network.
    """
    family = str(params["family"])
    numbers = without_prefix(params, f"{family}.")
    training = without_prefix(params, "train.")
    return Draft(
        params=dict(params),
        family=family,
        numbers=numbers,
        complexity=complexity(family, numbers, **config.shape),
        recipe=Recipe.of({"seed": config.seed, **config.training.model_dump(), **training}),
    )


def draw_draft(config: StudyConfig, rng: np.random.Generator) -> Draft:
    """A draft drawn uniformly from the study's space, whatever it costs.

    Raises:
        ImpossibleNetwork: the combination of numbers does not fit the input.
    """
    return make_draft(config, config.space.draw(rng))


def without_prefix(params: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The parameters that begin with `prefix`, by the rest of their names."""
    return {name.removeprefix(prefix): value for name, value in params.items() if name.startswith(prefix)}
