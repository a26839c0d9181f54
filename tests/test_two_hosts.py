"""Two machines without a scheduler: one Postgres, a launch on each, and the link of one is cut for half a minute."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import network_hosts
import postgres_server
import pytest
from network_hosts import Host
from sqlalchemy import text

from ecg.store import RecordStore
from models.training.recipe import Precision
from search.creation import create_study
from search.settings import SearchSettings, WantedTraining
from search.space import make_space
from storage.database import Database, open_database
from storage.studies import Study, Terms, set_paused

SPACE = {
    "families": {"resnet": {"stages": 2, "depth": {"low": 1, "high": 3}, "width": 8, "kernel": [3, 5, 7]}},
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}},
}
EPOCHS = 20  # one to two seconds on one core
TRIALS = 30
FOR_LATER = 8  # trials that are left for when the link is back, also where machines are fast
CUT_S = 30.0
LEASE_S = 6.0  # so that the trial of the cut-off host is taken over
PATIENCE_S = 240.0  # where others use the machine too
COMMAND = (sys.executable, "-P", "-m", "search.cli")

WHY_NOT = network_hosts.why_not()
pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT)),
    pytest.mark.skipif(
        not postgres_server.is_installed(), reason="the machine has no PostgreSQL 15 binaries (Debian: postgresql-15)"
    ),
]


@dataclass(frozen=True)
class Site:
    """Two hosts and a database that both reach; this process reaches it by another way, which is not cut."""

    a: Host
    b: Host
    url: str
    database: Database
    folder: Path

    def launch(self, host: Host, study: Study) -> subprocess.Popen[str]:
        typed, environment = self._on(host, "launch", study.name, "--workers", "1")
        with self._log(host, study).open("w") as log:
            return subprocess.Popen(typed, env=environment, stdout=log, stderr=subprocess.STDOUT, text=True)

    def status(self, host: Host, study: Study) -> dict[str, Any]:
        typed, environment = self._on(host, "study", "status", study.name, "--json")
        said = subprocess.run(typed, env=environment, stdout=subprocess.PIPE, check=True, timeout=60).stdout
        status: dict[str, Any] = json.loads(said)
        return status

    def heard(self, host: Host, study: Study) -> dict[str, str]:
        """What the launch on a host said, and its worker."""
        (worker,) = (self.folder / host.name).rglob(f"{study.key}/*.log")
        return {"launch": self._log(host, study).read_text(), "worker": worker.read_text()}

    def attempts(self, study: Study) -> list[Any]:
        """All attempts at the study's trials, in their order."""
        with self.database.engine.connect() as connection:
            return list(connection.execute(_ATTEMPTS, {"study": study.id}))

    def finished(self, study: Study) -> Counter[str]:
        """Trials by the host that finished them."""
        return Counter(_host_of(row) for row in self.attempts(study) if row.cause == "finished")

    def _on(self, host: Host, *arguments: str) -> tuple[list[str], dict[str, str]]:
        """`ecgscale` with these arguments on a host of one core, and its environment."""
        core = sorted(os.sched_getaffinity(0))[-1 if host is self.b else 0]
        there = {"ECGSCALE_HOME": str(self.folder / host.name), "ECGSCALE_STORAGE": self.url}
        return [*host.prefix, "taskset", "--cpu-list", str(core), *COMMAND, *arguments], os.environ | there

    def _log(self, host: Host, study: Study) -> Path:
        return self.folder / f"{study.name}-{host.name}.log"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hosts")
    with (
        network_hosts.network_hosts("db", "host-a", "host-b") as (db, a, b),
        postgres_server.postgres_server(folder / "postgres", host=db) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(server.password_file))
        yield Site(a, b, server.url, open_database(server.socket_url), folder)


def test_both_hosts_go_on_after_a_cut_and_nothing_is_lost(site: Site, store: RecordStore):
    study = _study(site.database, store)
    launches = [site.launch(host, study) for host in (site.a, site.b)]
    _wait_until(lambda: min(site.finished(study)[host.name] for host in (site.a, site.b)) >= 2)
    held = _wait_for_a_trial_of(site.b, site, study)
    with site.b.cut():
        before = site.finished(study)
        _go_on_without_b(site, study)
        during = site.finished(study)
    set_paused(site.database, study, False)
    codes = [launch.wait(PATIENCE_S) for launch in launches]

    heard = {host.name: site.heard(host, study) for host in (site.a, site.b)}
    assert codes == [0, 0], heard
    assert heard["host-b"]["worker"].count("does not answer: connection timeout expired") == 1, heard["host-b"]
    assert heard["host-b"]["launch"].count("; workers train on, and wait for it") == 1, heard["host-b"]
    assert heard["host-b"]["launch"].count("the database is back") == 1, heard["host-b"]
    assert during["host-a"] > before["host-a"] and during["host-b"] == before["host-b"]
    after = site.finished(study) - during
    assert after["host-a"] > 0 and after["host-b"] > 0

    status = site.status(site.a, study)
    assert status["states"] == {"complete": TRIALS} and not status["workers"]["running"]
    assert len(status["workers"]["finished"]) == 2, "a worker was started again"

    attempts = site.attempts(study)
    assert sorted(row.number for row in attempts if row.cause == "finished") == list(range(TRIALS))
    assert all(row.epochs == EPOCHS for row in attempts)
    of_held = [(_host_of(row), row.cause, row.kept is not None) for row in attempts if row.number == held]
    assert of_held == [("host-b", "lost", True), ("host-a", "finished", False)]
    assert status["wasted_seconds"] == {"lost": pytest.approx(CUT_S, rel=0.5)}
    assert len(attempts) - TRIALS == len(of_held) - 1, "no other trial was attempted twice"


def _study(database: Database, store: RecordStore) -> Study:
    return create_study(
        database,
        "two-hosts",
        store=store.path,
        space=make_space(SPACE, source="the test's space"),
        terms=Terms(TRIALS, LEASE_S),
        training=WantedTraining(epochs=EPOCHS, batch_size=16, precision=Precision.FP32),
        search=SearchSettings(early_stopping=False),
    )


def _wait_for_a_trial_of(host: Host, site: Site, study: Study) -> int:
    """The number of a trial that the host has just begun."""

    def begun() -> list[int]:
        return [row.number for row in site.attempts(study) if _host_of(row) == host.name]

    known = len(begun())
    _wait_until(lambda: len(begun()) > known)
    return begun()[-1]


def _go_on_without_b(site: Site, study: Study) -> None:
    until = time.monotonic() + CUT_S
    while time.monotonic() < until:
        if site.finished(study).total() >= TRIALS - FOR_LATER:
            set_paused(site.database, study, True)
        time.sleep(0.2)


def _wait_until(what: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < until, f"nothing for {PATIENCE_S:g} s"
        time.sleep(0.05)


def _host_of(attempt: Any) -> str:
    return str(attempt.worker).rsplit("-", 2)[0]


_ATTEMPTS = text("""
SELECT t.number, a.token, a.worker, a.cause, a.kept,
       (SELECT count(*) FROM ecgscale.epochs e WHERE e.trial_id = t.trial_id) AS epochs
  FROM ecgscale.attempts a JOIN trials t USING (trial_id) WHERE t.study_id = :study ORDER BY a.started_at, a.token
""")
