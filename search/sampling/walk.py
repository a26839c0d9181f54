"""Uniform draws from a space."""

from collections.abc import Iterator

import numpy as np

from search.sampling.strategy import Params, Space

_COUNTED = 10_000  # sets of parameters


def walk(space: Space, rng: np.random.Generator) -> Iterator[Params]:
    """Sets of parameters drawn uniformly; of a space with few sets each once, so that the walk ends."""
    if space.size is None or space.size > _COUNTED:
        while True:
            yield space.draw(rng)
    seen: set[tuple[object, ...]] = set()
    while len(seen) < space.size:
        params = space.draw(rng)
        values = tuple(params.values())
        if values not in seen:
            seen.add(values)
            yield params
