"""Two searches side by side as a part of `report.json`."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from analysis.compared import Compared, Side
from analysis.laws.status import Status
from analysis.recommend import budget_ladder
from analysis.report.space_statistics import steps
from analysis.words import amount, score, share, shown, spoken

_SURE = 0.05


def compared_part(compared: Compared) -> dict[str, Any]:
    """What each reached, how they differ, and at which budgets.

    Keys: `apart` (why scores cannot be compared, or None), `sides`, `errors`, `exponent`, `budgets`, `settings`,
    `sentences`.
    """
    sides = (compared.first, compared.second)
    errors = compared.errors
    return {
        "apart": compared.apart or None,
        "reference": compared.reference,
        "sides": [_side(side) for side in sides],
        "errors": None if errors is None else asdict(errors),
        "exponent": None if compared.exponent is None else asdict(compared.exponent),
        "budgets": [] if compared.apart else _budgets(*sides),
        "settings": [
            {"name": name, "first": shown_setting(first), "second": shown_setting(second)}
            for name, (first, second) in compared.settings.items()
        ],
        "sentences": [*_of_errors(compared), *_of_hypervolumes(compared), *_of_laws(compared)],
    }


def shown_setting(value: object) -> str:
    """A setting as one types it; a dash where the other search alone has it."""
    if value is None:
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {shown_setting(one)}" for key, one in value.items())
    return ", ".join(map(shown, value)) if isinstance(value, list | tuple) else shown(value)


def _side(side: Side) -> dict[str, Any]:
    law, complete = side.law, side.complete
    return {
        "name": side.name,
        "n": len(complete),
        "best": _best(side, complete.values.index),
        "members": [_member(side, number) for number in side.members],
        "hypervolume": side.hypervolume,
        "edf": None
        if side.edf is None or side.error is None
        else {"error": side.error.name, "n": side.edf.n, **steps(side.edf)},
        "law": None
        if law is None
        else {
            "params": dict(law.params) or None,
            "ci95": dict(law.ci95) or None,
            "status": law.status.value,
            "reason": law.reason,
            "n": law.n,
            "points": {"x": law.x, "y": law.y},
        },
    }


def _member(side: Side, number: int) -> dict[str, Any]:
    complete = side.complete
    return {
        "number": number,
        "values": complete.values.loc[number].to_dict(),
        "ci95": complete.told(number).get(f"{complete.score.name}_ci95"),
        "params": complete.drawn(number),
    }


def _best(side: Side, among: pd.Index) -> dict[str, Any] | None:
    """The trial of the best score, the cheapest of equals."""
    complete = side.complete
    members = [number for number in side.members if number in among]
    if not members:
        return None
    sign = complete.score.sign
    return _member(side, max(members, key=lambda number: sign * complete.value(number, complete.score)))


def _budgets(first: Side, second: Side) -> list[dict[str, Any]]:
    """The best of each within the budgets of both."""
    cost = first.complete.cost
    if cost is None:
        return []
    costs = [side.complete.values[cost.name] for side in (first, second)]
    ladder = budget_ladder(np.concatenate([column.to_numpy(dtype=float) for column in costs]))
    return [
        {
            "limit": limit,
            "first": _best(first, costs[0].index[costs[0] <= limit]),
            "second": _best(second, costs[1].index[costs[1] <= limit]),
        }
        for limit in ladder
    ]


def _of_errors(compared: Compared) -> list[str]:
    found = compared.errors
    if compared.apart:
        return [f"Scores are not compared: {compared.apart}."]
    if found is None:
        return []
    if found.mean is None or found.best is None or found.ks is None:
        return [f"The errors are not compared: {found.why}."]
    equal = " at equal cost" if found.complexity is not None else ""
    low, high = found.mean.ci95
    less = "less" if found.mean.difference < 0 else "more"
    sure = "" if low * high > 0 else ", which may be chance"
    told = [
        f"The mean error of {compared.first.name} is {score(abs(found.mean.difference))} {less} than that of "
        f"{compared.second.name}{equal} (difference {found.mean.difference:+.3f}, {low:+.3f} to {high:+.3f}, n = "
        f"{found.n[0]:,} and {found.n[1]:,}){sure}; the distributions are "
        f"{'' if found.ks.p_value <= _SURE else 'not '}told apart (largest distance {share(found.ks.distance)}, "
        f"p = {found.ks.p_value:.2g})."
    ]
    if found.best_of and found.best_of > 1:
        told.append(
            f"Of {found.best_of:,} draws each, the best error differs by {found.best.difference:+.3f} "
            f"({found.best.ci95[0]:+.3f} to {found.best.ci95[1]:+.3f}); below zero {compared.first.name} is better."
        )
    return told


def _of_hypervolumes(compared: Compared) -> list[str]:
    first, second = compared.first, compared.second
    if first.hypervolume is None or second.hypervolume is None or compared.reference is None:
        return []
    corner = ", ".join(
        amount(at, objective.name) for at, objective in zip(compared.reference, first.complete.objectives, strict=True)
    )
    return [
        f"With the corner at {corner}, the hypervolume of {first.name} is {first.hypervolume:.4g} (n = "
        f"{len(first.complete):,}), of {second.name} {second.hypervolume:.4g} (n = {len(second.complete):,}); more "
        "trials find more."
    ]


def _of_laws(compared: Compared) -> list[str]:
    laws = {side.name: side.law for side in (compared.first, compared.second)}
    unbelieved = [
        f"No law of {name} is believed: {law.reason}."
        for name, law in laws.items()
        if law is not None and law.status is not Status.CONVERGED
    ]
    if unbelieved or compared.exponent is None or compared.first.complete.cost is None:
        return unbelieved
    low, high = compared.exponent.ci95
    exponents = " and ".join(f"{law.params['alpha']:.3g} ({name})" for name, law in laws.items() if law is not None)
    differ = "differ" if low * high > 0 else "do not differ for sure"
    return [
        f"The exponents with which the best error falls with {spoken(compared.first.complete.cost.name)}, {exponents}, "
        f"{differ} (difference {compared.exponent.value:+.3g}, {low:+.3g} to {high:+.3g})."
    ]
