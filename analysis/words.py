"""Figures and names as people read them."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_PREFIXES = ((1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_TIMES = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))
_COUNTS = {"flops": "FLOPs", "train_flops": "training FLOPs", "params": "parameters"}
_MARKS = re.compile(r"([\\`*_\[\]<>|~#&$@]|:(?=//))")  # of Markdown with tables, links and formulas


def human_flops(flops: float) -> str:
    """FLOPs with a prefix: 11.6 MFLOPs."""
    number, prefix = _scaled(flops)
    return f"{number} {prefix}FLOPs"


def brief(value: float) -> str:
    """Three digits and a prefix, as on an axis: 11.6M, 0.25."""
    return "".join(_scaled(value))


def amount(value: float, name: str) -> str:
    """So much of what `name` names: 11.6 MFLOPs, 1.2 M parameters, 4.1 gmacs."""
    if name == "flops":
        return human_flops(value)
    if name in _COUNTS:
        number, prefix = _scaled(value)
        return f"{number} {prefix} {_COUNTS[name]}" if prefix else f"{number} {_COUNTS[name]}"
    return f"{value:.4g} {spoken(name)}"


def unit(values: Sequence[float], name: str) -> tuple[str, float]:
    """What to head a column of such values with, and what to divide them by: MFLOPs, 1e6."""
    if name not in _COUNTS:
        return spoken(name), 1.0
    finite = sorted(abs(value) for value in values if math.isfinite(value) and value)
    middle = finite[len(finite) // 2] if finite else 0.0
    limit, prefix = next(((limit, prefix) for limit, prefix in _PREFIXES if middle >= limit), (1.0, ""))
    if name == "flops":
        return f"{prefix}FLOPs", limit
    return f"{_COUNTS[name]}{f' [{prefix}]' if prefix else ''}", limit


def spoken(name: str) -> str:
    """The name of a column in words: balanced accuracy."""
    return _COUNTS.get(name) or name.replace("_", " ")


def score(value: float) -> str:
    """Three decimals where they tell something, else three or four digits."""
    if abs(value) >= 1:
        return f"{value:.4g}"
    return f"{value:.3f}" if abs(value) >= 0.01 or value == 0 else f"{value:.3g}"


def falling_power(alpha: float, ends: Sequence[float]) -> str:
    """The power of a law that falls, with its interval: -0.163, 95 % interval -0.172 to -0.158."""
    low, high = sorted(-end for end in ends)
    return f"{-alpha:.3g}, 95 % interval {low:.3g} to {high:.3g}"


def time_unit(seconds: float) -> tuple[str, int]:
    """In what so long a time is read, and the seconds of that: at least two of it."""
    return next((unit for unit in _TIMES if seconds >= 2 * unit[1]), _TIMES[-1])


def share(value: float) -> str:
    """A share of 1 in per cent: 93 %, 3.5 %, 0.4 %."""
    percent = 100 * value
    return f"{percent:.0f} %" if abs(percent) >= 9.95 else f"{percent:.2g} %"


def counted(n: int, noun: str) -> str:
    """A number with its noun: 1 network, 2,000 networks."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def listed(names: list[str]) -> str:
    """Names as in a sentence: a, b and c."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def shown(value: object) -> str:
    """A parameter's value: numbers short, the others as one types them."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "true", False: "false"}[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def network(params: Mapping[str, Any]) -> str:
    """What was trained, by its parameters: of ours the family and its numbers, else all of them."""
    family = str(params["family"]) if "family" in params else ""
    own = [key for key in params if key.startswith(f"{family}.")]
    others = [] if own or any("." in key for key in params) else [key for key in params if key != "family"]
    numbers = ", ".join(f"{key.removeprefix(f'{family}.')} {shown(params[key])}" for key in own or others)
    return f"{family} ({numbers})" if family and numbers else family or numbers or "network"


def markdown(told: str) -> str:
    """Text that Markdown shows as it is, on one line of a list or a table."""
    return _MARKS.sub(r"\\\1", " ".join(told.split()))


def settings(values: Mapping[str, Any]) -> str:
    """Names with their values: lr 0.003, optimizer adamw."""
    return ", ".join(f"{name} {shown(value)}" for name, value in values.items())


def interval(ends: Sequence[float | None]) -> str:
    """Both ends with the decimals of a score; one that nobody knows is a dash."""
    low, high = ("-" if end is None else score(end) for end in ends)
    return f"{low} to {high}"


def _scaled(value: float) -> tuple[str, str]:
    """Three digits and the prefix of their thousands: 999.6 thousand is 1 M."""
    if not math.isfinite(value) or value == 0:
        return f"{value:g}", ""
    rounded = float(f"{value:.3g}")
    for limit, prefix in _PREFIXES:
        if abs(rounded) >= limit:
            return f"{rounded / limit:.3g}", prefix
    return f"{rounded:.3g}", ""
