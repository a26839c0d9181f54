"""The one form in which a database is named: postgresql://[user[:password]@]host[:port]/name."""

import os
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import DatabaseError

STORAGE = "ECGSCALE_STORAGE"
PASSWORD_FILE = "ECGSCALE_STORAGE_PASSWORD_FILE"
_SECRETS = ("password", "sslpassword")  # in a query, as libpq reads it
_FORM = "postgresql://USER@HOST:5432/NAME"


def parse(text: str) -> URL:
    """The URL of `text`, with our driver.

    Raises:
        DatabaseError: not a postgresql:// URL.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise DatabaseError(
            f"the storage is not a URL; expected {_FORM} (a password with special characters goes into a file that "
            f"{PASSWORD_FILE} names)"
        ) from error
    if "@" in f"{url.host}{url.database}" or "@" in (url.username or ""):
        raise DatabaseError(f"the storage has an @ too many; write %40 for one in a password, %2F for a slash: {_FORM}")
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseError(f"a storage of kind {url.get_backend_name()!r} is not supported; expected {_FORM}")
    return url.set(drivername="postgresql+psycopg")


def with_password(url: URL) -> URL:
    """The URL with the password of the file that PASSWORD_FILE names, if it names one and the URL has none.

    Raises:
        DatabaseError: the file cannot be read.
    """
    path = os.environ.get(PASSWORD_FILE)
    return url.set(password=_read_password(Path(path))) if path and url.password is None else url


def as_typed(url: URL) -> str:
    """The URL as people write it, with its password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def without_password(url: URL) -> str:
    """The URL as a script, or another machine's environment, may hold it."""
    query = url.difference_update_query(_SECRETS).query
    return as_typed(URL.create(url.drivername, url.username, None, url.host, url.port, url.database, query))


def holds_password(url: URL) -> bool:
    """Whether it is more than the name of a place."""
    return url.password is not None or any(name in url.query for name in _SECRETS)


def password_is_in_file(url: URL) -> bool:
    """Whether the URL without its password, and the file that PASSWORD_FILE names, lead to the same; or it has none."""
    if not holds_password(url):
        return True
    try:
        return with_password(parse(without_password(url))) == url
    except DatabaseError:
        return False  # the file cannot be read


def shown(url: URL) -> str:
    """The URL as people may see it: without password, driver and query (which may hold one)."""
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()


def _read_password(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise DatabaseError(f"{PASSWORD_FILE} names {path}, which cannot be read: {error.strerror}") from error
