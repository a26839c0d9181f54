"""Which parameters and attributes a study's trials have, as optuna-dashboard's page wants it.

optuna-dashboard compares the parameters of every trial with all of those before, at every request: the tens of
thousands of distributions of a study are a few objects, and counting those is enough.
"""

import numbers
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import FrozenTrial, TrialState

Named = tuple[str, BaseDistribution]


@dataclass(frozen=True)
class Columns:
    """What there is to show of a study's trials.

    Attributes:
        intersection: the parameters that every trial has which did not fail, by name, over all values they could take.
        union: those that any has.
        attrs: names of user attributes, and whether all their values are numbers.
        has_intermediate_values: whether any trial reported some.
    """

    intersection: list[Named]
    union: list[Named]
    attrs: list[tuple[str, bool]]
    has_intermediate_values: bool


def columns_of(trials: Sequence[FrozenTrial]) -> Columns:
    """The columns of `trials`."""
    usable = [trial for trial in trials if trial.state != TrialState.FAIL]
    merged = _merged(usable)
    return Columns(
        intersection=[named for named, count in merged if count == len(usable)],
        union=[named for named, _ in merged],
        attrs=_attrs(trials),
        has_intermediate_values=any(trial.intermediate_values for trial in usable),
    )


def _merged(trials: Iterable[FrozenTrial]) -> list[tuple[Named, int]]:
    """Distributions of one name and kind as one, and in how many trials they are; by name."""
    objects: dict[tuple[str, int], BaseDistribution] = {}
    counts: Counter[tuple[str, int]] = Counter()
    for trial in trials:
        for name, distribution in trial.distributions.items():
            key = (name, id(distribution))
            objects[key] = distribution
            counts[key] += 1
    kinds: dict[tuple[object, ...], tuple[Named, int]] = {}
    for key, distribution in objects.items():
        kind = (key[0], type(distribution), getattr(distribution, "step", None), getattr(distribution, "log", None))
        before = kinds.get(kind)
        whole = distribution if before is None else _merge(before[0][1], distribution)
        kinds[kind] = ((key[0], whole), counts[key] + (0 if before is None else before[1]))
    return sorted(kinds.values(), key=lambda found: found[0][0])


def _merge(one: BaseDistribution, other: BaseDistribution) -> BaseDistribution:
    """Two of a kind as one that covers both."""
    if isinstance(one, CategoricalDistribution) and isinstance(other, CategoricalDistribution):
        return CategoricalDistribution(
            [*one.choices, *(choice for choice in other.choices if choice not in one.choices)]
        )
    assert isinstance(one, FloatDistribution | IntDistribution) and isinstance(other, type(one))
    low, high = min(one.low, other.low), max(one.high, other.high)
    return type(one)(low=low, high=high, step=one.step, log=one.log)  # type: ignore[arg-type]


def _attrs(trials: Iterable[FrozenTrial]) -> list[tuple[str, bool]]:
    kinds: dict[str, set[type]] = {}
    for trial in trials:
        for name, value in trial.user_attrs.items():
            kinds.setdefault(name, set()).add(type(value))
    return [(name, all(_is_number(kind) for kind in found)) for name, found in kinds.items()]


def _is_number(kind: type) -> bool:
    return issubclass(kind, numbers.Real) and not issubclass(kind, bool)
