"""Rules that a family's numbers must meet: each check lists its faults, and `refuse` names them all at once."""

import math
from collections.abc import Iterable
from typing import TypeGuard

from models.errors import ImpossibleNetwork

Faults = list[str]


def refuse(*faults: Faults) -> None:
    """
    Raises:
        ImpossibleNetwork: there are faults; every one of them is named.
    """
    listed = [fault for some in faults for fault in some]
    if listed:
        raise ImpossibleNetwork("; ".join(listed))


def whole(*, least: int = 1, most: int | None = None, **numbers: object) -> Faults:
    """Numbers, or lists of numbers, that must be whole and at least `least`; None is not given."""
    wrong = {key: value for key, value in numbers.items() if not all(_is_whole(v, least, most) for v in _each(value))}
    bounds = f"at least {least}" if most is None else f"from {least} to {most}"
    return [f"numbers must be whole and {bounds}, but got {_named(wrong)}"] if wrong else []


def odd(**kernels: object) -> Faults:
    """Kernels that must be odd: with padding kernel // 2 even ones would change a residual branch's length."""
    wrong = {key: value for key, value in kernels.items() if any(_is_whole(v) and v % 2 == 0 for v in _each(value))}
    return (
        [f"kernels must be odd so that residual branches keep their length, but got {_named(wrong)}"] if wrong else []
    )


def between(low: float, high: float, /, **numbers: object) -> Faults:
    """Real numbers from `low` to `high`, both included."""
    wrong = {key: value for key, value in numbers.items() if not (_is_real(value) and low <= value <= high)}
    return [f"numbers must lie between {low:g} and {high:g}, but got {_named(wrong)}"] if wrong else []


def one_of(known: Iterable[str], /, **choices: object) -> Faults:
    """Words that must be among the known ones."""
    allowed = list(known)
    wrong = {key: value for key, value in choices.items() if value not in allowed}
    return [f"choose one of {', '.join(allowed)}, but got {_named(wrong)}"] if wrong else []


def true_or_false(**switches: object) -> Faults:
    wrong = {key: value for key, value in switches.items() if not isinstance(value, bool)}
    return [f"choose true or false, but got {_named(wrong)}"] if wrong else []


def _each(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _is_whole(value: object, least: int | None = None, most: int | None = None) -> TypeGuard[int]:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return (least is None or value >= least) and (most is None or value <= most)


def _is_real(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _named(values: dict[str, object]) -> str:
    return ", ".join(f"{key}={shown(value)}" for key, value in values.items())


def shown(value: object) -> str:
    """A value as one types it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(list(value)) if isinstance(value, tuple) else str(value) if isinstance(value, str) else repr(value)
