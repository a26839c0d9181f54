"""Rules that numbers must meet: each check lists its faults, and `refuse` names them all at once."""

import json
import math
from collections.abc import Callable, Iterable
from typing import TypeGuard

from ecgscale import InputError
from models.errors import ImpossibleNetwork

Faults = list[str]
LARGEST = 10**9
MOST_IN_LIST = 32


def refuse(*faults: Faults, error: type[InputError] = ImpossibleNetwork) -> None:
    """
    Raises:
        error: there are faults; every one of them is named.
    """
    listed = [fault for some in faults for fault in some]
    if listed:
        raise error("; ".join(listed))


def whole(*, least: int = 1, most: int = LARGEST, **numbers: object) -> Faults:
    """Whole numbers from `least` to `most`."""
    return _faults(f"numbers must be whole and {_bounds(least, most)}", numbers, lambda v: _is_whole(v, least, most))


def whole_or_null(*, least: int = 1, most: int = LARGEST, **numbers: object) -> Faults:
    """Whole numbers that may be left out."""
    return whole(least=least, most=most, **{key: value for key, value in numbers.items() if value is not None})


def whole_list_or_null(*, most: int = LARGEST, **lists: object) -> Faults:
    """Lists of whole numbers that may be left out."""

    def fits(value: object) -> bool:
        if not isinstance(value, tuple):
            return value is None
        return 1 <= len(value) <= MOST_IN_LIST and all(_is_whole(number, 1, most) for number in value)

    return _faults(f"lists must hold 1 to {MOST_IN_LIST} whole numbers {_bounds(1, most)}", lists, fits)


def odd(**kernels: object) -> Faults:
    """Kernels that must be odd: with padding kernel // 2 even ones would change a residual branch's length."""
    rule = "kernels must be odd so that residual branches keep their length"
    return _faults(rule, kernels, lambda value: not _is_whole(value) or value % 2 == 1)


def between(low: float, high: float, /, **numbers: object) -> Faults:
    """Real numbers from `low` to `high`, both included."""
    rule = f"numbers must lie between {low:g} and {high:g}"
    return _faults(rule, numbers, lambda value: _is_real(value) and low <= value <= high)


def above(low: float, /, **numbers: object) -> Faults:
    """Real, finite numbers above `low`."""
    return _faults(
        f"numbers must be finite and above {low:g}", numbers, lambda value: _is_real(value) and low < value < math.inf
    )


def between_or_null(low: float, high: float, /, **numbers: object) -> Faults:
    """Real numbers that may be left out."""
    return between(low, high, **{key: value for key, value in numbers.items() if value is not None})


def one_of(known: Iterable[str], /, **choices: object) -> Faults:
    """Words that must be among the known ones."""
    allowed = list(known)
    return _faults(f"choose one of {', '.join(allowed)}", choices, lambda value: value in allowed)


def true_or_false(**switches: object) -> Faults:
    return _faults("choose true or false", switches, lambda value: isinstance(value, bool))


def shown(value: object) -> str:
    """A value as one types it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, tuple):
        return f"[{', '.join(map(shown, value))}]"
    text = json.dumps(value) if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def _faults(rule: str, numbers: dict[str, object], fits: Callable[[object], bool]) -> Faults:
    wrong = {key: value for key, value in numbers.items() if not fits(value)}
    return [f"{rule}, but got {', '.join(f'{key}={shown(value)}' for key, value in wrong.items())}"] if wrong else []


def _bounds(least: int, most: int) -> str:
    return f"at least {least}" if most == LARGEST else f"from {least} to {most}"


def _is_whole(value: object, least: int | None = None, most: int = LARGEST) -> TypeGuard[int]:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return least is None or least <= value <= most


def _is_real(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
