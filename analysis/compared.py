"""Two searches side by side: their errors at equal cost, their fronts, their laws."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import numpy as np

from analysis.bootstrap import Interval
from analysis.design_space import Comparison, Edf, compare, edf
from analysis.error_rate import ErrorRate, error_rate
from analysis.fronts import front_members
from analysis.laws.frontier import FrontierLaw, fit_frontier
from analysis.pareto import default_reference, hypervolume
from analysis.trials import Trials


@dataclass(frozen=True)
class Search:
    """One of the two.

    Attributes:
        trials: all of them; the complete ones are compared.
        records: what they were scored on; scores on the same records can be compared.
        settings: what the search was told, by name.
    """

    name: str
    trials: Trials
    records: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Side:
    """What one search reached.

    Attributes:
        complete: its complete trials.
        error: as `error_rate` makes it; None where nobody knows what a perfect score is.
        edf: the distribution of its error; None without one.
        members: numbers of its front, the cheapest first.
        hypervolume: up to the corner that both share; None where nothing can be compared.
        law: of its compute frontier; None without an error or a cost.
    """

    name: str
    complete: Trials
    error: ErrorRate | None
    edf: Edf | None
    members: tuple[int, ...]
    hypervolume: float | None
    law: FrontierLaw | None


@dataclass(frozen=True)
class Difference:
    """How much larger the first is, and the 95 % interval of that."""

    value: float
    ci95: Interval


@dataclass(frozen=True)
class Compared:
    """Two searches side by side.

    Attributes:
        apart: why scores cannot be compared; empty where they can.
        reference: the corner of both hypervolumes, in the order of the objectives; None where there is none.
        errors: error of the first against that of the second, at equal cost where there is one; None where scores
            cannot be compared.
        exponent: of the first law less that of the second; None without two laws.
        settings: what the two were told, where it differs: by name, both values.
    """

    first: Side
    second: Side
    apart: str
    reference: tuple[float, ...] | None
    errors: Comparison | None
    exponent: Difference | None
    settings: Mapping[str, tuple[Any, Any]]


def compare_searches(first: Search, second: Search, *, seed: int = 0) -> Compared:
    """Compare two searches with the same objectives.

    Laws are compared in any case: how fast an error falls can be asked of different records, too.
    """
    both = first.trials.complete(), second.trials.complete()
    apart = _apart(first, second)
    corner = None if apart else _corner(*both)
    sides = [_side(search.name, complete, corner, seed) for search, complete in zip((first, second), both, strict=True)]
    return Compared(
        first=sides[0],
        second=sides[1],
        apart=apart,
        reference=corner,
        errors=None if apart else _errors(*sides, seed=seed),
        exponent=_exponent(sides[0].law, sides[1].law),
        settings=_differing(first.settings, second.settings),
    )


def difference(first: float, ci_first: Interval, second: float, ci_second: Interval) -> Difference:
    """The difference of two independent estimates from their own intervals.

    Zou and Donner, Statistics in Medicine 27, 2008 (the method of variance estimates recovery): the distance of each
    end is the root of the sum of the squared distances that the two intervals have there.
    """
    value = first - second
    low = value - sqrt((first - ci_first[0]) ** 2 + (ci_second[1] - second) ** 2)
    high = value + sqrt((ci_first[1] - first) ** 2 + (second - ci_second[0]) ** 2)
    return Difference(value, (low, high))


def _apart(first: Search, second: Search) -> str:
    if first.records != second.records:
        return "the two were scored on different records, so that their scores say nothing of each other"
    return ""


def _corner(first: Trials, second: Trials) -> tuple[float, ...] | None:
    """Of all trials of both; None where one has none."""
    if not (len(first) and len(second)):
        return None
    return default_reference(np.concatenate([first.values.to_numpy(), second.values.to_numpy()]), first.directions)


def _side(name: str, complete: Trials, corner: tuple[float, ...] | None, seed: int) -> Side:
    error = error_rate(complete) if len(complete) else None
    values, logs = complete.values.to_numpy(), complete.log_axes
    return Side(
        name=name,
        complete=complete,
        error=error,
        edf=None if error is None else edf(error.values),
        members=front_members(complete),
        hypervolume=None if corner is None else hypervolume(values, complete.directions, corner, log_axes=logs).value,
        law=None if error is None or complete.cost is None else fit_frontier(_costs(complete), error.values, seed=seed),
    )


def _costs(complete: Trials) -> np.ndarray:
    assert complete.cost is not None
    costs: np.ndarray = complete.values[complete.cost.name].to_numpy(dtype=float)
    return np.where(costs > 0, costs, np.nan)  # what costs nothing has no place on a log10 axis


def _errors(first: Side, second: Side, *, seed: int) -> Comparison | None:
    if first.error is None or second.error is None or first.error.name != second.error.name:
        return None
    priced = first.complete.cost is not None
    flops = (_costs(first.complete), _costs(second.complete)) if priced else None
    return compare(first.error.values, second.error.values, flops=flops, seed=seed)


def _exponent(first: FrontierLaw | None, second: FrontierLaw | None) -> Difference | None:
    if first is None or second is None or not (first.params and second.params):
        return None
    return difference(first.params["alpha"], first.ci95["alpha"], second.params["alpha"], second.ci95["alpha"])


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys([*first, *second])
    told = {name: (first.get(name), second.get(name)) for name in names}
    return {name: pair for name, pair in told.items() if pair[0] != pair[1]}
