"""How long the dashboard's page waits, and what it is sent: ours beside optuna-dashboard as it stands.

    python benchmarks/bench_dashboard.py [--trials 1000 10000] [--polls 3]

Three servers, each in a process of its own, on the same made-up studies in the embedded Postgres: optuna-dashboard on
Optuna's RDBStorage, optuna-dashboard on our storage, and `ecgscale dashboard`, which also has a note and three files
for each trial, and composes the study's summary and figures beside. Each is asked as a browser asks, with gzip allowed:

- first: the study with all its trials, by a server that has just started;
- poll: what the page asks every ten seconds, when every trial is finished;
- poll, running: the same while a trial runs, a new one at every poll.

Between polls the ten seconds pass, because optuna-dashboard reads trials anew only then. Times are seconds from the
request to the last byte on this machine, the median of the polls; bytes are those on the wire. Beside each its ratio to
optuna-dashboard on RDBStorage.

Wanted at 10,000 trials: first under 2 s and 5 MB, polls under 0.3 s.
"""

import argparse
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from made_study import make_study
from sqlalchemy import text

from search.dashboard import make_dashboard
from storage.database import Database, open_database
from storage.optuna_storage import OptunaStorage
from storage.studies import Study

PLAIN = "optuna-dashboard"
SIDES = (PLAIN, "the same on our storage", "ecgscale dashboard")
_PAUSE_S = 10.5


@dataclass(frozen=True)
class Told:
    """One answer: how long it took, and its bytes on the wire."""

    seconds: float
    size: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--polls", type=int, default=3)
    parser.add_argument("--serve", choices=SIDES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        _serve(asked.serve)
        return
    database = open_database()
    print(f"{'seconds, bytes, ratio of each':28}{'trials':>8}{'first':>24}{'poll':>24}{'poll, running':>24}")
    for trials in asked.trials:
        study = _made(database, trials)
        plain: list[Told] = []
        for side in SIDES:
            told = _measure(database, study, side, asked.polls)
            plain = plain or told
            columns = "".join(_column(one, before) for one, before in zip(told, plain, strict=True))
            print(f"{side:28}{trials:8}{columns}", flush=True)


def _made(database: Database, trials: int) -> Study:
    """A study whose trials have had owners, so that they have notes and files."""
    study = make_study(database, f"dashboard-{uuid.uuid4().hex[:8]}", trials)
    with database.engine.begin() as connection:
        connection.execute(_OWNERS, {"study": study.id})
    return study


def _measure(database: Database, study: Study, side: str, polls: int) -> list[Told]:
    storage = database.optuna_storage()
    with _serving(side) as port:
        last = len(storage.get_all_trials(study.id, deepcopy=False))
        first = _ask(port, study, 0)
        finished = [_poll(port, study, last) for _ in range(polls)]
        running = []
        for _ in range(polls):
            trial = storage.create_new_trial(study.id)
            running.append(_poll(port, study, last))
            _drop(database, trial)
    return [first, _middle(finished), _middle(running)]


def _poll(port: int, study: Study, after: int) -> Told:
    time.sleep(_PAUSE_S)
    return _ask(port, study, after)


def _ask(port: int, study: Study, after: int) -> Told:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    began = time.perf_counter()
    connection.request("GET", f"/api/studies/{study.id}?after={after}", headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    seconds = time.perf_counter() - began
    connection.close()
    assert answer.status == 200, body
    return Told(seconds, len(body))


def _drop(database: Database, trial: int) -> None:
    """So that every side begins with the same study."""
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE trials SET state = 'FAIL' WHERE trial_id = :trial"), {"trial": trial})


def _middle(told: list[Told]) -> Told:
    return Told(statistics.median(one.seconds for one in told), int(statistics.median(one.size for one in told)))


def _column(told: Told, plain: Told) -> str:
    return f"{told.seconds:9.3f}{_bytes(told.size):>8}{told.seconds / plain.seconds:7.3f}"


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"


class _ThreadedServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _serving(side: str) -> Iterator[int]:
    command = [sys.executable, __file__, "--serve", side]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _serve(side: str) -> None:
    server = _server(side, open_database())
    print(server.server_port, flush=True)
    server.serve_forever()


def _server(side: str, database: Database) -> WSGIServer:
    if side == SIDES[2]:
        return make_dashboard(database, "127.0.0.1", 0)
    from optuna_dashboard import wsgi

    ours: OptunaStorage = database.holding_on().optuna_storage()
    storage = ours.theirs if side == PLAIN else ours
    return make_server("127.0.0.1", 0, wsgi(storage), server_class=_ThreadedServer, handler_class=_QuietHandler)


_OWNERS = text("""
INSERT INTO ecgscale.leases (trial_id, study_id, worker, token, slot)
SELECT trial_id, study_id, 'node-12-' || 1000 + trial_id % 16 || '-ab12cd', 1, 'counted' FROM trials
 WHERE study_id = :study
""")

if __name__ == "__main__":
    main()
