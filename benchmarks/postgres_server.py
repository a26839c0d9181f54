"""A PostgreSQL 15 from the machine's own binaries, on a free loopback port, with a password."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
USER = "ecgscale"


def is_installed() -> bool:
    return (PROGRAMS / "initdb").exists()


@dataclass
class PostgresServer:
    """A server in a folder.

    Attributes:
        url: without password.
        password_file: holds the password.
    """

    folder: Path
    port: int
    password_file: Path
    options: tuple[str, ...] = ()
    _running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return self.url_at(self.port)

    @property
    def programs(self) -> Path:
        return PROGRAMS

    @property
    def password(self) -> str:
        return self.password_file.read_text()

    def url_at(self, port: int) -> str:
        """The URL by which it is reached through another port of this machine."""
        return f"postgresql://{USER}@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        more = [argument for option in self.options for argument in ("-c", option)]
        listen = ["-p", str(self.port), "-k", "", "-c", "listen_addresses=127.0.0.1"]
        self._running = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", self.folder, *listen, *more], user=_user(), cwd="/", stderr=subprocess.DEVNULL
        )
        self._wait_until_it_answers()

    def stop(self, *, at_once: bool = False) -> None:
        """End it in the fast way, or as a crash would."""
        if self._running is not None:
            self._running.send_signal(3 if at_once else 2)  # SIGQUIT is "immediate", SIGINT "fast"
            self._running.wait(60)
            self._running = None

    def _wait_until_it_answers(self) -> None:
        ready: list[str | Path] = [PROGRAMS / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER]
        for _ in range(300):
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise TimeoutError("PostgreSQL 15 does not answer within 30 s")


@contextmanager
def postgres_server(folder: Path, *options: str) -> Iterator[PostgresServer]:
    """A running server whose data lie in `folder`, stopped at the end.

    Args:
        options: settings, for instance "max_connections=100".
    """
    data, password = folder / "data", folder / "password"
    data.mkdir(parents=True)
    password.write_text(f"pl4nted-{uuid.uuid4().hex}")
    user = _user()
    if user:
        shutil.chown(data, user)
        for parent in (folder, *folder.parents):
            parent.chmod(parent.stat().st_mode | 0o055)
    initdb: list[str | Path] = [
        PROGRAMS / "initdb",
        "-D",
        data,
        "-U",
        USER,
        "--auth=scram-sha-256",
        f"--pwfile={password}",
    ]
    subprocess.run(initdb, user=user, cwd="/", check=True, capture_output=True)
    server = PostgresServer(data, free_port(), password, options)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _user() -> str | None:
    """The server refuses to run as root."""
    return "postgres" if os.geteuid() == 0 else None
