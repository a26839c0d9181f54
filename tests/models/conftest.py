"""Small networks of every family, and of every choice that their numbers leave."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from search.draft import without_prefix
from search.space import default_space

SMALL: dict[str, dict[str, Any]] = {
    "convnext": {"stages": 2, "depth": 2, "width": 8, "kernel": 5, "stochastic_depth": 0.2},
    "densenet": {"stages": 2, "depth": 2, "growth": 4},
    "ecoscale": {"stages": 2, "depth": 1, "width": 8, "scale": 64},
    "oscnn": {"cap": 7, "budget_factor": 0.1},
    "regnet": {"depth": 4, "stem_width": 8, "w_0": 8, "w_a": 8, "group_width": 4, "se_ratio": 0.25},
    "resnet": {"stages": 2, "depth": 2, "width": 8, "kernel": 5},
    "vit": {"patch": 16, "width": 16, "depth": 2, "heads": 2},
}
CHOICES: list[tuple[str, dict[str, Any]]] = [
    ("convnext", {"stochastic_depth": 0.0, "expansion": 1}),
    ("convnext", {"stem_kernel": 1, "layer_scale": 1}),
    ("convnext", {"layer_scale": None, "expansion": 2, "stem_kernel": 8, "stem_stride": 2, "stem_padding": 3}),
    ("densenet", {"bottleneck": 2, "compression": 1.0, "kernel": 7, "stem_kernel": 15}),
    ("ecoscale", {"dropout": 0.0}),
    ("ecoscale", {"scale": None, "kernel_caps": (2, 13)}),
    ("oscnn", {"residual": True}),
    ("oscnn", {"budgets": (3000, 300_000, 200_000)}),
    ("regnet", {"se_ratio": None, "stem_kernel": 15, "bottleneck_multiplier": 2}),
    ("regnet", {"bottleneck_multiplier": 0.5, "group_width": 1}),
    ("resnet", {"block": "bottleneck", "groups": 2, "group_width": 2}),
    ("resnet", {"groups": 4, "stem_kernel": 15}),
    ("resnet", {"pooling": "max"}),
    ("resnet", {"pooling": "attention"}),
    ("resnet", {"pooling": "none"}),
    ("vit", {"patch": 7, "mlp_ratio": 0.5}),
]
Architecture = tuple[str, dict[str, Any]]


def _name(architecture: Architecture) -> str:
    family, numbers = architecture
    return family + "".join(f" {key}={value}" for key, value in numbers.items())


@pytest.fixture(params=sorted(SMALL.items()), ids=lambda item: item[0])
def small(request: pytest.FixtureRequest) -> Architecture:
    """A small network of each family."""
    family, numbers = request.param
    return family, numbers


@pytest.fixture(params=[*((family, {}) for family in sorted(SMALL)), *CHOICES], ids=_name)
def architecture(request: pytest.FixtureRequest) -> Architecture:
    """A small network of each family, and of each choice that numbers leave."""
    family, numbers = request.param
    return family, {**SMALL[family], **numbers}


@pytest.fixture
def draw() -> Callable[[str, np.random.Generator], Mapping[str, Any]]:
    """Draws numbers from a family's default space."""

    def drawn(family: str, rng: np.random.Generator) -> dict[str, Any]:
        return without_prefix(default_space([family]).draw(rng), f"{family}.")

    return drawn
