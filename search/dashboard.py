"""optuna-dashboard on the studies' storage."""

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


def make_dashboard(database: Database, host: str, port: int) -> WSGIServer:
    """A server that listens on host:port; `serve_forever` runs it. Port 0 takes a free one.

    Raises:
        ConfigError: the address cannot be listened on.
    """
    from optuna_dashboard import wsgi

    try:
        return make_server(
            host,
            port,
            wsgi(database.holding_on().optuna_storage()),
            server_class=_ThreadedServer,
            handler_class=_QuietHandler,
        )
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another --port or --host"
        ) from error
