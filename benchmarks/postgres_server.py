"""A PostgreSQL 15 from the machine's own binaries, on a free loopback port or on a host of its own, with a password."""

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

from network_hosts import NETWORK, Host

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
    host: Host | None = None
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
        """The URL by which it is reached through another port of its machine."""
        return f"postgresql://{USER}@{self.address}:{port}/postgres"

    @property
    def socket_url(self) -> str:
        """The URL by which this machine reaches it on its host."""
        return f"postgresql://{USER}@/postgres?host={self.folder}&port={self.port}"

    @property
    def address(self) -> str:
        return self.host.address if self.host else "127.0.0.1"

    def start(self) -> None:
        more = [argument for option in self.options for argument in ("-c", option)]
        sockets = self.folder if self.host else ""
        listen = ["-p", str(self.port), "-k", sockets, "-c", f"listen_addresses={self.address}"]
        server = [PROGRAMS / "postgres", "-D", self.folder, *listen, *more]
        self._running = subprocess.Popen([*self._there(), *server], cwd="/", stderr=subprocess.DEVNULL)
        self._wait_until_it_answers()

    def stop(self, *, at_once: bool = False) -> None:
        """End it in the fast way, or as a crash would."""
        if self._running is not None:
            self._running.send_signal(3 if at_once else 2)  # SIGQUIT is "immediate", SIGINT "fast"
            self._running.wait(60)
            self._running = None

    def _wait_until_it_answers(self) -> None:
        ready = [*self._there(), PROGRAMS / "pg_isready", "-h", self.address, "-p", str(self.port), "-U", USER]
        for _ in range(300):
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise TimeoutError("PostgreSQL 15 does not answer within 30 s")

    def _there(self) -> list[str | Path]:
        """Before a command, so that it runs where the server does, as its user."""
        user = _user()
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"] if user else []
        return [*(self.host.prefix if self.host else ()), *become]


@contextmanager
def postgres_server(folder: Path, *options: str, host: Host | None = None) -> Iterator[PostgresServer]:
    """A running server whose data lie in `folder`, stopped at the end.

    Args:
        options: settings, for instance "max_connections=100".
        host: where it runs and listens, for all of its network.
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
    if host:
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK} scram-sha-256\n")
    server = PostgresServer(data, free_port(), password, options, host)
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
