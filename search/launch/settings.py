"""Settings of a back end, as typed: name=value,name=value."""

from collections.abc import Iterable, Mapping, Sequence

from search.errors import ConfigError


def read_settings(typed: Iterable[str]) -> dict[str, str]:
    """Names and values of what was typed after an option; a part without = goes on with the value before.

    So `gres=gpu:1,partition=short,long` names two partitions. A part without = at the beginning is a switch and has an
    empty value.

    Raises:
        ConfigError: a name is missing, or stands twice.
    """
    found: dict[str, str] = {}
    for text in typed:
        last: str | None = None
        for part in text.split(","):
            name, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals and last is not None and found[last]:
                found[last] += f",{name}"
                continue
            if not name or name in found:
                why = f"{name} stands twice" if name else "a name is missing"  # a value may hold a password
                raise ConfigError(f"settings are written name=value,name=value, each once, but {why}")
            found[name] = value
            last = name
    return found


def check_names(settings: Mapping[str, str], known: Sequence[str], where: str) -> None:
    """
    Raises:
        ConfigError: one that `where` does not know.
    """
    unknown = [name for name in settings if name not in known]
    if unknown:
        told = f"has {', '.join(known)}" if known else "has none; name another place by --on"
        raise ConfigError(f"{', '.join(unknown)} is no setting of {where}, which {told}")
