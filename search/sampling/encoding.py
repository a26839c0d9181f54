"""Sets of parameters as vectors, for a surrogate."""

from collections.abc import Mapping, Sequence

import numpy as np

from search.sampling.strategy import Params
from search.space import Choices, Range, Scalar


class Encoding:
    """A column from 0 to 1 for each number, a column for each word of a choice.

    Numbers to choose from are spaced evenly, in their order. What a set does not have, another family's numbers, is 0.

    Attributes:
        groups: for each column the parameter that it belongs to, from 0 on.
    """

    def __init__(self, domains: Mapping[str, Range | Choices]) -> None:
        self._domains = {name: domain for name, domain in domains.items() if domain.count != 1}
        widths = [_columns(domain, [None]).shape[1] for domain in self._domains.values()]
        self.groups = np.repeat(np.arange(len(widths)), widths)

    def __call__(self, sets: Sequence[Params]) -> np.ndarray:
        """The vectors of n sets, n x columns."""
        columns = [_columns(domain, [params.get(name) for params in sets]) for name, domain in self._domains.items()]
        return np.hstack([np.zeros((len(sets), 0)), *columns])


def _columns(domain: Range | Choices, values: Sequence[Scalar]) -> np.ndarray:
    if isinstance(domain, Range):
        return np.array([[0.0 if value is None else domain.share(value)] for value in values])
    numbers = [value for value in domain.values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) == domain.count:
        places: dict[Scalar, float] = {value: place / (domain.count - 1) for place, value in enumerate(sorted(numbers))}
        return np.array([[places.get(value, 0.0)] for value in values])
    return np.array([[float(value == word) for word in domain.values] for value in values])
