"""Uniform draws from a space."""

from collections.abc import Iterator

import numpy as np

from search.sampling.strategy import Params, Space

_COUNTED = 10_000  # sets of parameters


def has_end(space: Space) -> bool:
    """Whether a walk through the space ends."""
    return space.size is not None and space.size <= _COUNTED


def walk(space: Space, rng: np.random.Generator) -> Iterator[Params]:
    """Sets of parameters drawn uniformly; of a space with few sets each once, so that the walk ends."""
    seen: set[tuple[object, ...]] = set()
    while not has_end(space) or len(seen) < (space.size or 0):
        params = space.draw(rng)
        values = tuple(params.values())
        if not has_end(space):
            yield params
        elif values not in seen:
            seen.add(values)
            yield params
