"""Amounts as people type them: 20M, 1.5G, 2e7."""

_UNITS = {"K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}


def parse_amount(text: str) -> float:
    """
    Raises:
        ConfigError: not a number with K, M, G, T or nothing behind it.
    """
    from search.errors import ConfigError

    typed = text.strip()
    unit = _UNITS.get(typed[-1:].upper())
    try:
        return float(typed) if unit is None else float(typed[:-1]) * unit
    except ValueError as error:
        raise ConfigError(f"an amount is a number such as 20M, 1.5G or 2e7, but got {text!r}") from error
