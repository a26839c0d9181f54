"""What a way of sampling is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from analysis.regions.region import Region
from search.space import Choices, Range

if TYPE_CHECKING:
    from optuna.trial import Trial

    from search.sampling.view import SamplerView

Params = Mapping[str, Any]
IMPOSSIBLE, OVER_BUDGET, REPEATED, OUTSIDE = "impossible", "over_budget", "repeated", "outside_region"


class Space(Protocol):
    """Sets of parameters to choose from; `search.space.DesignSpace` is one."""

    @property
    def domains(self) -> Mapping[str, Range | Choices]:
        """Every parameter that a set may have."""
        ...

    def draw(self, rng: np.random.Generator) -> Params:
        """A set drawn uniformly."""
        ...

    def vary(self, params: Params, rng: np.random.Generator) -> Params:
        """The same set with one of its parameters drawn anew."""
        ...

    def suggest(self, trial: "Trial") -> Params:
        """A set that the trial's sampler chooses."""
        ...

    @property
    def size(self) -> int | None:
        """How many sets there are, if that is a number."""
        ...

    @property
    def parts(self) -> "Sequence[Space]":
        """The spaces that this one is made of, each to be tried as often as the others: one per family."""
        ...

    def contains(self, params: Params) -> bool:
        """Whether a set is one of this space's."""
        ...

    def narrowed(self, region: Region) -> "Space":
        """The sets that lie in a region."""
        ...


@dataclass(frozen=True)
class Verdict:
    """What is known of a set of parameters before it is trained.

    Attributes:
        signature: equal for sets that would train the same network in the same way.
        log_cost: log10 of its cost.
        problem: why it may not be a trial, `IMPOSSIBLE` or `OVER_BUDGET`; None if it may.
    """

    signature: str
    log_cost: float
    problem: str | None = None


Judge = Callable[[Params], Verdict]


@dataclass(frozen=True)
class Proposal:
    """A set of parameters to try next.

    Attributes:
        params: prefixed names and values.
        sampler: who proposes it.
        attrs: what an Optuna sampler wrote of it.
        fallback: whether the sampler had nothing that may be tried, so that it was drawn uniformly.
        narrowed: whether it was drawn within the region in force, and not from the whole space.
    """

    params: Params
    sampler: str
    attrs: Mapping[str, Any] = field(default_factory=dict)
    fallback: bool = False
    narrowed: bool = False


class Strategy(Protocol):
    """A way of sampling."""

    @property
    def name(self) -> str:
        """As its `Sampler` is called."""
        ...

    def propose(self, view: "SamplerView", rng: np.random.Generator) -> Iterator[Proposal]:
        """Proposals, the best first, as many as are asked for; each was rejected when the next is asked for."""
        ...

    def within(self, space: Space) -> "Strategy":
        """The same, to propose what lies in a narrowed space where it can; it goes on learning from all trials."""
        ...
