"""The names of studies while somebody waits at a keyboard."""

import os
from contextlib import suppress
from threading import Thread

from storage.embedded import running_url
from storage.url import STORAGE, as_typed, parse, with_password

_LONGEST_WAIT_S = 1.0
_NAMES = "SELECT study_name FROM studies JOIN ecgscale.study_settings USING (study_id) ORDER BY study_name"


def names_at_once(storage: str | None = None) -> list[str]:
    """The names of our studies, sorted; none where the server is not running, refuses or does not answer in a second.

    Args:
        storage: as for `open_database`; an embedded server is not started.
    """
    found: list[str] = []
    reader = Thread(target=_read, args=(storage, found), daemon=True)  # one that hangs ends with the process
    reader.start()
    reader.join(_LONGEST_WAIT_S)
    return list(found)


def _read(storage: str | None, found: list[str]) -> None:
    import psycopg

    with suppress(Exception):  # a suggestion that cannot be made is none
        named = os.environ.get(STORAGE) if storage is None else storage
        url = running_url() if named is None else as_typed(with_password(parse(named)))
        if url is not None:
            with psycopg.connect(url, connect_timeout=2) as connection:
                found.extend(row[0] for row in connection.execute(_NAMES))
