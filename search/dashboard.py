"""optuna-dashboard on the studies' storage, behind a password where one is given."""

import hmac
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from search.errors import ConfigError
from storage.database import Database

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class _ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """A line per poll of the page would be all one sees."""


def make_dashboard(database: Database, host: str, port: int, password: bytes | None = None) -> WSGIServer:
    """A server that listens on host:port; `serve_forever` runs it. Port 0 takes a free one.

    Args:
        password: asked for before anything is shown, with any user name; None asks for none.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    from bottle import auth_basic
    from optuna_dashboard import wsgi

    app = wsgi(database.holding_on().optuna_storage())
    if password is not None:
        app.install(auth_basic(lambda user, typed: _is(password, typed), realm="ecgscale"))
    try:
        return make_server(host, port, app, server_class=_ThreadedServer, handler_class=_QuietHandler)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port or --host"
        ) from error


def read_password(path: Path) -> bytes:
    """The password that a file holds, without blanks around it.

    Raises:
        ConfigError: it cannot be read, or holds none.
    """
    try:
        password = path.read_bytes().strip()
    except OSError as error:
        raise ConfigError(
            f"the dashboard's password cannot be read from {path}: {error.strerror}; name a file with --password-file"
        ) from error
    if not password:
        raise ConfigError(f"{path} holds no password; write one into it, such as that of: openssl rand -hex 24")
    return password


def _is(password: bytes, typed: str | None) -> bool:
    """Takes the same time however much of it is right."""
    return hmac.compare_digest(password, (typed or "").encode())
