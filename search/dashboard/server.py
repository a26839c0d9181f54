"""Listening for the dashboard's requests."""

import socket
import sys
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import IO, Any, cast
from wsgiref.handlers import SimpleHandler
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from search.dashboard.application import DashboardApplication
from search.dashboard.guard import Guard
from search.errors import ConfigError
from storage.database import Database

_SILENCE_S = 60  # a client that says nothing for so long is let go
_LONGEST_LINE = 65_536


class Dashboard(ThreadingMixIn, WSGIServer):
    """The server; `serve_forever` runs it, a thread per request."""

    daemon_threads = True

    def __init__(self, host: str, port: int, application: DashboardApplication) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.served = application
        super().__init__((host, port), _Handler)
        self.set_app(application)

    def server_close(self) -> None:
        super().server_close()
        self.served.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that has gone away is no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Http11(SimpleHandler):
    """Browsers believe an ETag from HTTP/1.1 on alone. The connection still ends with each answer."""

    http_version = "1.1"

    def send_preamble(self) -> None:
        super().send_preamble()
        self._write(b"Connection: close\r\n")


class _Handler(WSGIRequestHandler):
    timeout = _SILENCE_S

    def handle(self) -> None:
        """As the original does, which speaks HTTP/1.0."""
        self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
        if len(self.raw_requestline) > _LONGEST_LINE:
            self.requestline = self.request_version = self.command = ""
            self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
        elif self.parse_request():
            asked, answered = cast(IO[bytes], self.rfile), cast(IO[bytes], self.wfile)
            handler = _Http11(asked, answered, self.get_stderr(), self.get_environ(), multithread=True)
            handler.run(cast(Dashboard, self.server).served)

    def log_message(self, format: str, *args: object) -> None:
        """A line per poll of the page would be all one sees; and an address may hold a token."""


def make_dashboard(
    database: Database, host: str, port: int, *, secret: bytes | None = None, writable: bool = False
) -> Dashboard:
    """A server that listens on host:port. Port 0 takes a free one.

    Args:
        secret: a password or a token that is asked for before anything is shown; None asks for none.
        writable: whether studies can be changed and deleted in it.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    guard = Guard(secret, writable, local=secret is None)
    try:
        return Dashboard(host, port, DashboardApplication(database, guard))
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port or --host"
        ) from error
