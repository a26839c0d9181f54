"""One database, with Optuna's tables and ours in it."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeVar

import tenacity
from sqlalchemy import URL, Connection, Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, QueuePool

from storage import schema
from storage.embedded import embedded_url
from storage.errors import DatabaseError, DatabaseLost
from storage.url import STORAGE, parse, shown, with_password

if TYPE_CHECKING:
    from storage.optuna_storage import OptunaStorage

# No connection is kept, and Optuna's tables are looked for in `public` whatever the user is called. A worker that was
# stopped, or cut off, in the middle of a transaction must not hold up the others, nor a cut network a worker: all of it
# ends. The server ends an idle transaction before others give up waiting for its locks: they notice nothing.
_ENGINE: dict[str, Any] = {
    "poolclass": NullPool,
    "connect_args": {
        "connect_timeout": 10,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        "options": "-csearch_path=public -clock_timeout=10s -cidle_in_transaction_session_timeout=8s",
    },
}
_HOLDING_ON = {**_ENGINE, "poolclass": QueuePool, "pool_size": 1}
_SETUP_LOCK = 0x656367  # any number that all of us agree on
_REFUSED_AT_START = (  # once it has let us in, these too may pass: a name server that is away, a standby taking over
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "failed to resolve host",
)
_STOPPED = ("Connection refused", "No such file", "server closed the connection", "terminating connection")
_NO_ANSWER = ("timeout expired", "unreachable", "No route to host", "timed out")
_TRANSIENT = (OperationalError, InterfaceError, InternalError)
_LONGEST_PAUSE_S = 2.0
_LAST_WORDS_S = 10.0  # for who has been told to stop, to write down what it has

Say = Callable[[str], None]
P = ParamSpec("P")
T = TypeVar("T")


class Waiting(Protocol):
    """Who waits: sleeps, and may have been told to stop."""

    def __bool__(self) -> bool: ...

    def wait(self, seconds: float) -> None: ...


class _Unmoved:
    """Nobody tells it to stop."""

    def __bool__(self) -> bool:
        return False

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Patience:
    """How long a database that is away is waited for, and who is told.

    Retries come after random pauses that grow, so that many workers do not all come back in the same moment.

    Attributes:
        seconds: until it is given up.
        say: told once when the waiting begins.
        waiting: ends the waiting when told to stop.
    """

    seconds: float = 0.0
    say: Say = lambda line: None
    waiting: Waiting = field(default_factory=_Unmoved)

    def retry(self, attempt: Callable[[], T]) -> T:
        """What `attempt` returns, once it no longer raises DatabaseLost.

        Raises:
            DatabaseLost: the database has not come back in time.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(DatabaseLost),
            stop=self._is_over,
            sleep=self._sleep,
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=_LONGEST_PAUSE_S),
            before_sleep=self._tell,
            reraise=True,
        )
        return retrying(attempt)

    def _is_over(self, state: tenacity.RetryCallState) -> bool:
        patience = min(self.seconds, _LAST_WORDS_S) if self.waiting else self.seconds
        return (state.seconds_since_start or 0.0) >= patience

    def _sleep(self, seconds: float) -> None:
        (time.sleep if self.waiting else self.waiting.wait)(seconds)

    def _tell(self, state: tenacity.RetryCallState) -> None:
        if state.attempt_number == 1 and state.outcome is not None:
            self.say(f"{state.outcome.exception()}; trying again for {self.seconds:g} s")


@dataclass(frozen=True)
class Database:
    """A database whose tables exist. No connection is held between transactions, unless asked for.

    Attributes:
        patience: how long a transaction waits for a database that is away.
    """

    engine: Engine
    url: URL
    embedded: bool
    patience: Patience = Patience()

    def __repr__(self) -> str:
        return f"Database({self.shown})"

    @property
    def shown(self) -> str:
        """How to call it before people: no password."""
        return "the embedded Postgres" if self.embedded else shown(self.url)

    def with_patience(self, patience: Patience) -> "Database":
        """The same database, whose transactions wait for it."""
        return replace(self, patience=patience)

    def holding_on(self) -> "Database":
        """The same database, keeping its connection from one transaction to the next, for one thread, until `let_go`.

        To connect takes ten times as long as a transaction.
        """
        return replace(self, engine=create_engine(self.url, **_HOLDING_ON))

    def let_go(self) -> None:
        """Close the connection that is kept, if one is."""
        self.engine.dispose()

    def run(self, step: Callable[[Session], T]) -> T:
        """Run `step` in one transaction on a connection of its own: committed at its end, rolled back on any error.

        Args:
            step: done again when the connection breaks, perhaps after the commit and before its acknowledgement; so it
                must find its own work done, and not do it twice.

        Raises:
            DatabaseLost: the database is away for longer than our patience.
            DatabaseError: it refuses what is asked of it.
        """
        return self.patience.retry(lambda: self._run_once(step))

    def _run_once(self, step: Callable[[Session], T]) -> T:
        try:
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                return step(session)
        except _TRANSIENT as error:  # what is left is for the caller, who knows what it must not repeat
            raise DatabaseLost(_refusal(self, error)) from error
        except ProgrammingError as error:  # a user who may not, a table that somebody dropped
            raise DatabaseError(_refusal(self, error)) from error

    def optuna_storage(self) -> "OptunaStorage":
        """The same tables as an Optuna storage, for its dashboard, its samplers and `load_study`."""
        from storage.optuna_storage import OptunaStorage

        held = isinstance(self.engine.pool, QueuePool)
        options = {**_HOLDING_ON, "pool_pre_ping": True} if held else dict(_ENGINE)
        return OptunaStorage(self.url.render_as_string(hide_password=False), options)


def transactional(step: Callable[Concatenate[Session, P], T]) -> Callable[Concatenate[Database, P], T]:
    """Make a function of a session one of a database, which runs it as one transaction, as `Database.run` does."""

    @wraps(step)
    def run(database: Database, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return database.run(lambda session: step(session, *args, **kwargs))

    return run


def see_one_moment(session: Session) -> None:
    """All queries of the transaction, which must not have begun, see the same moment.

    A trial that finishes between two of them is in none of them or in all.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def open_database(storage: str | None = None, *, patience: Patience = Patience()) -> Database:
    """Open the database that `storage`, else ECGSCALE_STORAGE, names; without either the embedded one.

    Args:
        patience: how long a server that is away is waited for; one that refuses is not.

    Raises:
        DatabaseError: the URL is wrong, the server is away or refuses, or its tables are of another version.
    """
    named = os.environ.get(STORAGE) if storage is None else storage
    if named == "":
        raise DatabaseError(f"the storage is empty; name a postgresql:// URL, or unset {STORAGE} for the embedded one")
    url = parse(embedded_url()) if named is None else with_password(parse(named))
    database = Database(create_engine(url, **_ENGINE), url, embedded=named is None)
    try:
        patience.retry(lambda: _prepare(database))
    except DatabaseLost as error:
        raise DatabaseError(str(error)) from error
    return database


@transactional
def server_version(session: Session) -> str:
    """PostgreSQL's own, as 15.7."""
    return str(session.scalar(text("SHOW server_version"))).split()[0]


def _prepare(database: Database) -> None:
    """See that the tables are there and ours to use."""
    try:
        if not _is_set_up(database):
            _set_up(database)
    except (*_TRANSIENT, ProgrammingError) as error:
        message = _refusal(database, error)
        away = isinstance(error, _TRANSIENT) and not any(known in message for known in _REFUSED_AT_START)
        raise (DatabaseLost(message) if away else DatabaseError(message)) from error


def _is_set_up(database: Database) -> bool:
    """Whether our tables are there and of our version; not yet, if they can be brought forward."""
    with database.engine.connect() as connection:
        found = _version(connection)
        if found is None:
            return False
        revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if not schema.OLDEST <= found <= schema.VERSION:
        raise DatabaseError(
            f"the database holds ecgscale tables of version {found}, this ecgscale needs {schema.VERSION}; "
            "use the ecgscale that made them, or another database"
        )
    if revision != _newest_revision():
        raise _other_optuna(database)
    return found == schema.VERSION


def _version(connection: Connection) -> int | None:
    """Of our tables; None where there are none."""
    if not inspect(connection).has_table(schema.version.name, schema=schema.SCHEMA):
        return None
    return connection.scalar(select(schema.version.c.version))


def _set_up(database: Database) -> None:
    """Create Optuna's tables and ours, or those of ours that have come since; a lock lets only one process do so."""
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SETUP_LOCK})
        if _is_set_up(database):
            return
        if _version(connection) is None:
            _create_optunas(database)
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema.SCHEMA}"))
        schema.metadata.create_all(connection)
        connection.execute(schema.version.delete())
        connection.execute(schema.version.insert().values(version=schema.VERSION))


def _create_optunas(database: Database) -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        optuna.storages.RDBStorage(database.url.render_as_string(hide_password=False), engine_kwargs=dict(_ENGINE))
    except RuntimeError as error:
        raise _other_optuna(database) from error


def _newest_revision() -> str | None:
    """The version of Optuna's tables that the installed Optuna makes."""
    import optuna.storages._rdb as tables
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(Path(str(tables.__file__)).parent / "alembic")).get_current_head()


def _other_optuna(database: Database) -> DatabaseError:
    return DatabaseError(
        f"{database.shown} holds tables of another version of Optuna than the one installed here; bring them up to "
        "date with `optuna storage upgrade`, or name another database"
    )


def _refusal(database: Database, error: DBAPIError) -> str:
    """What is wrong, without a password."""
    lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
    reason = lines[0] if lines else "no reason given"
    if database.embedded and any(sign in reason for sign in _STOPPED):
        return "the embedded Postgres has stopped; any command, such as `ecgscale study list`, starts it again"
    url = database.url
    if any(sign in reason for sign in _NO_ANSWER):
        return f"the database {shown(url)} does not answer: {reason}; check that the server runs and the network to it"
    remedy = (
        "the user's rights"
        if isinstance(error, ProgrammingError)
        else "that the server runs, the address and the password"
    )
    return f"the database {shown(url)} refuses: {reason}; check {remedy}"
