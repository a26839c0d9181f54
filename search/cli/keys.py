"""Numbers as people type them: key=value."""

import json
from collections.abc import Iterable
from typing import Any

from models.errors import ImpossibleNetwork


def parse_keys(numbers: Iterable[str]) -> dict[str, Any]:
    """
    Raises:
        ImpossibleNetwork: not of the form key=value, or a key is given twice.
    """
    given: dict[str, Any] = {}
    for number in numbers:
        key, equals, value = number.partition("=")
        if not (key and equals and value):
            raise ImpossibleNetwork(f"numbers are given as key=value, for instance width=64, but got {number!r}")
        if key in given:
            raise ImpossibleNetwork(f"a number is given once, but got {key} twice")
        given[key] = _value(value)
    return given


def _value(text: str) -> Any:
    """What a person means: JSON, Python's words and numbers, or else a word as it is."""
    words = {"None": None, "True": True, "False": False}
    if text in words:
        return words[text]
    for read in (json.loads, float):
        try:
            return read(text)
        except (ValueError, RecursionError):
            continue
    return text
