"""The one form in which a database is named: postgresql://[user[:password]@]host[:port]/name."""

import os
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from storage.errors import DatabaseError

STORAGE = "ECGSCALE_STORAGE"
PASSWORD_FILE = "ECGSCALE_STORAGE_PASSWORD_FILE"
_FORM = "postgresql://USER@HOST:5432/NAME"


def parse(text: str) -> URL:
    """The URL of `text`, with our driver and, where PASSWORD_FILE names one, the password of that file.

    Raises:
        DatabaseError: not a postgresql:// URL, or the password file cannot be read.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise DatabaseError(f"the storage is not a URL; expected {_FORM}") from error
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise DatabaseError(f"a storage of kind {url.get_backend_name()!r} is not supported; expected {_FORM}")
    url = url.set(drivername="postgresql+psycopg")
    path = os.environ.get(PASSWORD_FILE)
    if path and url.password is None and url.host:
        url = url.set(password=_read_password(Path(path)))
    return url


def shown(url: URL) -> str:
    """The URL as people may see it: without password and driver."""
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string()


def _read_password(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise DatabaseError(f"{PASSWORD_FILE} names {path}, which cannot be read: {error.strerror}") from error
