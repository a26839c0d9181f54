"""The dashboard's application, asked without a socket, or behind one."""

import gzip
import io
import json
import threading
import uuid
from dataclasses import dataclass

import optuna
import pytest

from search.dashboard import make_dashboard
from search.dashboard.application import DashboardApplication
from search.dashboard.composer import Composer
from search.dashboard.guard import Guard
from storage.claims import Result
from storage.leases import claim, finish


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self):
        packed = self.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()

    @property
    def json(self):
        return json.loads(self.text)


def _ask(application, path, *, method="GET", body=None, **headers):
    path, _, query = path.partition("?")
    sent = b"" if body is None else json.dumps(body).encode()
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8080",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    started = []
    answered = application(environ, lambda status, headers, *rest: started.append((status, headers)))
    body = b"".join(answered)
    ((status, told),) = started
    return Response(int(status[:3]), dict(told), body)


@pytest.fixture(scope="session")
def ask():
    """Asks an application: its path, `method`, `body` as JSON, and any header by name."""
    return _ask


@pytest.fixture
def still(monkeypatch):
    """Composes nothing."""
    monkeypatch.setattr(Composer, "_start", lambda *_: None)


@pytest.fixture
def make_application(database, still):
    """Makes applications on the embedded Postgres."""
    made = []

    def make(*, secret=None, writable=False, on=database):
        made.append(DashboardApplication(on, Guard(secret, writable, local=secret is None)))
        return made[-1]

    yield make
    for application in made:
        application.close()


@pytest.fixture
def application(make_application):
    return make_application()


@pytest.fixture
def serve(database):
    """Makes servers on a free port, which run until the test ends."""
    running = []

    def run(**options):
        server = make_dashboard(database, "127.0.0.1", 0, **options)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        running.append((server, thread))
        return server

    yield run
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def foreign(database):
    """A study of another program, of two objectives."""
    return optuna.create_study(
        storage=database.optuna_storage(),
        study_name=f"their-{uuid.uuid4().hex[:8]}",
        directions=["maximize", "minimize"],
    )


@pytest.fixture
def finish_trial(database, draft):
    """Finishes a trial of a study as a worker does, with a curve of so many epochs."""

    def run(study, signature="a", score=0.7, epochs=2, worker="box-1-ab", **attrs):
        taken = claim(database, study, worker, draft(signature))
        row = {"loss": 1.0, "macro_auroc": 0.8, "seconds": 2.0}
        curve = [{"epoch": i, "balanced_accuracy": score - 0.1 * (epochs - i), **row} for i in range(1, epochs + 1)]
        finish(database, taken, Result((score, 1000.0), attrs, curve))
        return taken

    return run
