"""Numbers and sentences as the page's cells show them."""

from collections.abc import Sequence


def in_unit(value: float | None, divisor: float) -> str:
    """Three digits of a value in its column's unit."""
    if value is None:
        return ""
    number = value / divisor
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def ends(interval: Sequence[float | None]) -> str:
    """Both ends of an interval with two significant digits; one that nobody knows is a dash."""
    low, high = ("-" if end is None else f"{end:.2g}" for end in interval)
    return f"{low} to {high}"


def fixed(interval: Sequence[float | None], digits: int) -> str:
    """Both ends of an interval with as many decimals as the number that it is of."""
    low, high = ("-" if end is None else f"{end:z.{digits}f}" for end in interval)
    return f"{low} to {high}"


def opened(told: str) -> str:
    """As at the beginning of a sentence."""
    return told[:1].upper() + told[1:]
