"""One database, with Optuna's tables and ours in it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from storage import schema
from storage.embedded import embedded_url
from storage.errors import DatabaseError, DatabaseLost
from storage.url import STORAGE, parse, shown, with_password

if TYPE_CHECKING:
    from optuna.storages import RDBStorage

# No connection is kept, and Optuna's tables are looked for in `public` whatever the user is called.
_ENGINE: dict[str, Any] = {
    "poolclass": NullPool,
    "connect_args": {"connect_timeout": 10, "options": "-csearch_path=public"},
}
_SETUP_LOCK = 0x656367  # any number that all of us agree on


@dataclass(frozen=True)
class Database:
    """A reachable database whose tables exist. No connection is held between transactions."""

    engine: Engine
    url: URL
    embedded: bool

    def __repr__(self) -> str:
        return f"Database({self.shown})"

    @property
    def shown(self) -> str:
        """How to call it before people: no password."""
        return "the embedded Postgres" if self.embedded else shown(self.url)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction on a connection of its own: committed at the end, rolled back on any error.

        Raises:
            DatabaseLost: the database cannot be reached any more, or refuses what is asked of it.
        """
        try:
            with Session(self.engine) as session, session.begin():
                yield session
        except IntegrityError:
            raise  # the caller knows what it must not repeat
        except DBAPIError as error:
            raise DatabaseLost(_refusal(self.url, error)) from error

    def optuna_storage(self) -> "RDBStorage":
        """Optuna's own storage over the same tables, as its dashboard and `load_study` use it."""
        from optuna.storages import RDBStorage

        return RDBStorage(
            self.url.render_as_string(hide_password=False),
            engine_kwargs=dict(_ENGINE),
            skip_table_creation=True,
        )


def open_database(storage: str | None = None) -> Database:
    """Open the database that `storage`, else ECGSCALE_STORAGE, names; without either the embedded one.

    Raises:
        DatabaseError: the URL is wrong, the server refuses, or its tables are of another version.
    """
    named = os.environ.get(STORAGE) if storage is None else storage
    if named == "":
        raise DatabaseError(f"the storage is empty; name a postgresql:// URL, or unset {STORAGE} for the embedded one")
    url = parse(embedded_url()) if named is None else with_password(parse(named))
    engine = create_engine(url, **_ENGINE)
    database = Database(engine, url, embedded=named is None)
    try:
        if not _is_set_up(engine):
            _set_up(database)
    except DBAPIError as error:
        raise DatabaseError(_refusal(url, error)) from error
    return database


def _is_set_up(engine: Engine) -> bool:
    with engine.connect() as connection:
        if not inspect(connection).has_table(schema.version.name, schema=schema.SCHEMA):
            return False
        found = connection.scalar(select(schema.version.c.version))
    if found != schema.VERSION:
        raise DatabaseError(
            f"the database holds ecgscale tables of version {found}, this ecgscale needs {schema.VERSION}; "
            "use the ecgscale that made them, or another database"
        )
    return True


def _set_up(database: Database) -> None:
    """Create Optuna's tables and ours; a lock lets only one process do so at a time."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SETUP_LOCK})
        if _is_set_up(database.engine):
            return
        try:
            optuna.storages.RDBStorage(database.url.render_as_string(hide_password=False), engine_kwargs=dict(_ENGINE))
        except RuntimeError as error:  # tables of an older or newer Optuna
            raise DatabaseError(
                f"{database.shown} holds tables of another version of Optuna; name another database"
            ) from error
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema.SCHEMA}"))
        schema.metadata.create_all(connection)
        connection.execute(schema.version.insert().values(version=schema.VERSION))


def _refusal(url: URL, error: DBAPIError) -> str:
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    reason = lines[0] if lines else "no reason given"
    return f"the database {shown(url)} refuses: {reason}; check that the server runs, the address and the password"
