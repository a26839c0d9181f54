"""Time limits as Slurm writes them."""

import re

from search.errors import ConfigError

_FORMS = (
    (r"(\d+)", "m"),
    (r"(\d+):(\d+)", "ms"),
    (r"(\d+):(\d+):(\d+)", "hms"),
    (r"(\d+)-(\d+)", "dh"),
    (r"(\d+)-(\d+):(\d+)", "dhm"),
    (r"(\d+)-(\d+):(\d+):(\d+)", "dhms"),
)
_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}
_WITHOUT_END = ("infinite", "unlimited")
_LONGEST_LEAD_S = 120


def seconds_of_limit(limit: str) -> int | None:
    """Seconds of MINUTES, M:S, H:M:S, D-H, D-H:M or D-H:M:S; None for no limit, which may be written 0.

    Raises:
        ConfigError: it is none of these.
    """
    if limit.lower() in _WITHOUT_END:
        return None
    for form, units in _FORMS:
        if found := re.fullmatch(form, limit):
            numbers = zip(found.groups(), units, strict=True)
            return sum(int(number) * _SECONDS[unit] for number, unit in numbers) or None
    raise ConfigError(f"a time limit is written like 90 (minutes), 12:00:00 or 2-12:00:00, but got time={limit!r}")


def lead(limit: int | None) -> int:
    """Seconds before its time limit at which a worker is told: long enough for a step, a checkpoint and a commit, and
    a tenth of a short limit, so that it is not told as soon as it starts."""
    return _LONGEST_LEAD_S if limit is None else max(1, min(_LONGEST_LEAD_S, limit // 10))
