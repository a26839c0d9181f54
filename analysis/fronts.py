"""All that a report says of Pareto fronts: the members, how sure they are, how large the front is, who holds it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.attainment import Attainment, attainment
from analysis.columns import group_text
from analysis.errors import AnalysisError
from analysis.membership import front_probability, spread_of
from analysis.pareto import Hypervolume, default_reference, hypervolume, pareto_mask, shortfall
from analysis.trials import STUDY, Trials


@dataclass(frozen=True)
class GroupFront:
    """The front of some of the trials.

    Attributes:
        n: the trials.
        members: numbers of those on their own front.
        on_front: how many of them are on the front of all.
        hypervolume: of their front, with the reference of all.
    """

    n: int
    members: tuple[int, ...]
    on_front: int
    hypervolume: float | None


@dataclass(frozen=True)
class Fronts:
    """Fronts of complete trials.

    Attributes:
        members: numbers of the trials on the front; the cheapest first, or the best where nothing costs.
        probability: for each complete trial, of being on the front given the interval of its score; None where no
            trial has an interval.
        shortfall: for each complete trial, what it lacks of the first objective to the best that is no worse in the
            others.
        hypervolume: of the front; None without trials.
        by: for each column, the front of each of its values.
        attainment: what a repeated search attains; None with fewer than three runs.
    """

    members: tuple[int, ...]
    probability: pd.Series | None
    shortfall: pd.Series
    hypervolume: Hypervolume | None
    by: dict[str, dict[str, GroupFront]]
    attainment: Attainment | None


def find_fronts(
    complete: Trials,
    reference: Mapping[str, float],
    groups: Mapping[str, pd.Series],
    *,
    runs: pd.Series | None = None,
    seed: int = 0,
) -> Fronts:
    """The fronts of complete trials.

    Args:
        reference: of the hypervolume, by objective; those that are not named take `default_reference`.
        groups: for each column, the name of each trial's group; NaN belongs to none.
        runs: which of several searches each trial belongs to; by default its study, where there are several.

    Raises:
        AnalysisError: `reference` names no objective or cannot be on its axis.
    """
    values = complete.values.to_numpy()
    corner = reference_point(complete, reference)
    members = front_members(complete)
    searched = complete.attrs[STUDY] if runs is None and complete.studies else runs
    return Fronts(
        members=members,
        probability=_probability(complete, seed),
        shortfall=pd.Series(shortfall(values, complete.directions), index=complete.state.index),
        hypervolume=None
        if corner is None
        else hypervolume(values, complete.directions, corner, log_axes=complete.log_axes),
        by={name: _by_value(complete, column, frozenset(members), corner) for name, column in groups.items()},
        attainment=_attainment(complete, searched, corner),
    )


def front_members(trials: Trials) -> tuple[int, ...]:
    """Numbers of the complete trials on the front; the cheapest first, or the best where nothing costs."""
    complete = trials.complete()
    members = complete.values[pareto_mask(complete.values.to_numpy(), complete.directions)]
    by = complete.cost or complete.score
    return tuple(int(number) for number in members.sort_values(by.name, kind="stable").index)


def reference_point(complete: Trials, given: Mapping[str, float]) -> tuple[float, ...] | None:
    """The corner of the hypervolume, in the order of the objectives; None without trials.

    Raises:
        AnalysisError: `given` names no objective or cannot be on its axis.
    """
    names = [objective.name for objective in complete.objectives]
    for name, at in given.items():
        if name not in names:
            raise AnalysisError(f"the reference names {name!r}, but the objectives are {', '.join(names)}")
        if not np.isfinite(at) or (at <= 0 and complete.objectives[names.index(name)].log):
            raise AnalysisError(
                f"the reference {name}={at:g} is not on the axis; give a finite number, above 0 for log"
            )
    if not len(complete):
        return None
    default = default_reference(complete.values.to_numpy(), complete.directions)
    return tuple(float(given.get(name, at)) for name, at in zip(names, default, strict=True))


def _by_value(
    complete: Trials, column: pd.Series, on_front: frozenset[int], corner: tuple[float, ...] | None
) -> dict[str, GroupFront]:
    return {
        name: _group_front(complete.where(column == name), on_front, corner) for name in sorted(set(column.dropna()))
    }


def _group_front(part: Trials, on_front: frozenset[int], corner: tuple[float, ...] | None) -> GroupFront:
    volume = None
    if corner is not None:
        volume = hypervolume(part.values.to_numpy(), part.directions, corner, log_axes=part.log_axes).value
    members = front_members(part)
    return GroupFront(len(part), members, len(on_front.intersection(part.state.index)), volume)


def _probability(complete: Trials, seed: int) -> pd.Series | None:
    intervals = complete.attrs.get(f"{complete.score.name}_ci95")
    if intervals is None or not len(complete):
        return None
    ends = np.array([_ends(interval) for interval in intervals])
    if np.isnan(ends).all():
        return None
    found = front_probability(complete.values.to_numpy(), complete.directions, spread_of(*ends.T), seed=seed)
    return pd.Series(found, index=complete.state.index)


def _ends(interval: object) -> tuple[float, float]:
    if isinstance(interval, list) and len(interval) == 2 and all(isinstance(end, float | int) for end in interval):
        return float(interval[0]), float(interval[1])
    return float("nan"), float("nan")


def _attainment(
    complete: Trials, runs: Sequence[object] | pd.Series | None, corner: tuple[float, ...] | None
) -> Attainment | None:
    if runs is None or corner is None:
        return None
    named = group_text(pd.Series(runs).reindex(complete.state.index))
    kept = named.notna().to_numpy()
    values = complete.values.to_numpy()[kept]
    return attainment(values, complete.directions, list(named[kept]), corner, log_axes=complete.log_axes)
