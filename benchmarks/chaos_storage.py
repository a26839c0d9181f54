"""Chaos: workers are killed, the database restarts, the network is cut; at the end every trial is there, once.

    python benchmarks/chaos_storage.py                                    # 150 trials, 30 kills, about 6 minutes
    python benchmarks/chaos_storage.py --trials 12 --kills 3 --restarts 1 # what CI runs

Two launches of half the workers each work on one study in a PostgreSQL 15 of their own: one reaches it directly, the
other through a network that is cut. Trainings are real, on a tiny store. Ends with 1 and the faults if there are any.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from cut_network import CutNetwork, cut_network
from postgres_server import PostgresServer, free_port
from proving_ground import proving_ground
from sqlalchemy import text

from models.training.recipe import Precision
from search.creation import create_study
from search.reporting import report_studies
from search.settings import SearchSettings, WantedTraining
from search.space import make_space
from storage.database import Database
from storage.studies import Study, Terms

SPACE = {
    "families": {"resnet": {"stages": 2, "depth": {"low": 1, "high": 3}, "width": [4, 8], "kernel": [3, 5, 7]}},
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}},
}
LEASE_S = 5.0
EPOCHS = 6
CUT_S = 9.0  # longer than a lease: the other half takes over


@dataclass(frozen=True)
class Chaos:
    """What is to happen to how many workers."""

    workers: int
    trials: int
    kills: int
    restarts: int
    cuts: int
    seed: int


def main() -> None:
    chaos = _asked()
    with proving_ground() as ground, cut_network(free_port(), ground.server.port) as network:
        root, server, database = ground.root, ground.server, ground.database
        study = _study(database, ground.store, chaos.trials)
        began = time.monotonic()
        halves = [
            _launch(study, server.url, chaos.workers - chaos.workers // 2, root / "direct.log"),
            _launch(study, server.url_at(network.port), chaos.workers // 2, root / "cut.log"),
        ]
        done = threading.Event()
        seen: set[str] = set()
        events = [
            *[lambda rng: _kill_one(halves, rng)] * chaos.kills,
            *[lambda rng: _restart(server, rng)] * chaos.restarts,
            *[lambda rng: _cut(network)] * chaos.cuts,
            *[lambda rng: seen.update(_command_lines())] * 5,
        ]
        wreaking = threading.Thread(target=_wreak, args=(events, database, study, chaos, done))
        wreaking.start()
        codes = [half.wait() for half in halves]
        done.set()
        wreaking.join()
        print(f"{chaos.trials} trials in {time.monotonic() - began:.0f} s; the launches ended with {codes}")
        report_studies(database, [study], root / "report")
        faults = [*_faults(database, study), *_leaks(root, server.password)]
        faults += [f"`ps` shows the password: {line}" for line in seen if server.password in line]
        if any(codes):
            faults.append("".join((root / name).read_text()[-2000:] for name in ("direct.log", "cut.log")))
    for fault in faults:
        print(f"FAULT: {fault}")
    sys.exit(1 if faults else 0)


def _asked() -> Chaos:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, default in (("workers", 6), ("trials", 150), ("kills", 30), ("restarts", 3), ("cuts", 1), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    return Chaos(**vars(parser.parse_args()))


def _study(database: Database, store: Path, trials: int) -> Study:
    training = WantedTraining(epochs=EPOCHS, batch_size=16, precision=Precision.FP32)
    space = make_space(SPACE, source="the chaos' space")
    terms = Terms(trials, LEASE_S)
    return create_study(
        database,
        "chaos",
        store=store,
        space=space,
        terms=terms,
        training=training,
        search=SearchSettings(early_stopping=False),
    )


def _launch(study: Study, url: str, workers: int, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "search.cli", "launch", study.name, "--workers", str(workers)]
    with log.open("wb") as out:
        return subprocess.Popen(command, env=os.environ | {"ECGSCALE_STORAGE": url}, stdout=out, stderr=out)


def _wreak(events: list[Any], database: Database, study: Study, chaos: Chaos, done: threading.Event) -> None:
    """Spread the events over the study: the k-th of n comes when k/n of the trials are there."""
    rng = random.Random(chaos.seed)
    rng.shuffle(events)
    for index, event in enumerate(events):
        while not done.is_set() and _complete(database, study) < index * chaos.trials * 0.9 / len(events):
            time.sleep(0.2)
        if done.is_set():
            print(f"the study was done before {len(events) - index} of {len(events)} events")
            return
        time.sleep(rng.uniform(0.0, 1.0))
        event(rng)


def _kill_one(halves: list[subprocess.Popen[bytes]], rng: random.Random) -> None:
    for _ in range(100):
        workers = [child for half in halves for child in _children(half) if "worker" in child.cmdline()]
        if workers:
            victim = rng.choice(workers)
            os.kill(victim.pid, signal.SIGKILL)
            print(f"killed worker {victim.pid}", flush=True)
            return
        time.sleep(0.1)


def _command_lines() -> list[str]:
    """What `ps` shows to everybody."""
    return [" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]


def _children(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return [one for one in psutil.Process(process.pid).children() if one.status() != psutil.STATUS_ZOMBIE]
    except psutil.NoSuchProcess:
        return []


def _restart(server: PostgresServer, rng: random.Random) -> None:
    at_once = rng.random() < 0.5
    server.stop(at_once=at_once)
    away = rng.uniform(1.0, 4.0)
    time.sleep(away)
    server.start()
    print(f"the database was away for {away:.1f} s after {'a crash' if at_once else 'a stop'}", flush=True)


def _cut(network: CutNetwork) -> None:
    network.cut(CUT_S)
    print(f"half of the workers were cut off for {CUT_S:g} s", flush=True)


def _complete(database: Database, study: Study) -> int:
    query = "SELECT count(*) FROM trials WHERE state = 'COMPLETE'"
    try:
        with database.engine.connect() as connection:
            return int(connection.scalar(text(query)) or 0)
    except Exception:  # it is restarting
        return -1


def _faults(database: Database, study: Study) -> list[str]:
    """What must not be, in words."""
    states = {row.state: row.n for row in _rows(database, "SELECT state, count(*) AS n FROM trials GROUP BY state")}
    attempts = _rows(database, "SELECT * FROM ecgscale.attempts JOIN trials USING (trial_id) ORDER BY trial_id, token")
    causes: dict[str | None, int] = {}
    for row in attempts:
        causes[row.cause] = causes.get(row.cause, 0) + 1
    resumed = [(a, b) for a, b in pairwise(attempts) if a.trial_id == b.trial_id]
    print(
        f"trials: {states}; attempts: {causes}; {len(resumed)} taken over, "
        f"{sum(row.kept is not None for row in attempts)} overtaken owners came back"
    )
    faults = []
    if states.get("COMPLETE") != study.trials or set(states) - {"COMPLETE", "FAIL"}:
        faults.append(f"{study.trials} complete and none running or waiting were expected")
    for row in _rows(database, _TWICE):
        faults.append(f"trial {row.number} was finished {row.finished} times")
    for row in _rows(database, _CURVE):
        faults.append(f"trial {row.number} has {row.epochs} of {EPOCHS} epochs")
    for before, after in resumed:
        if None not in (before.last_epoch, after.first_epoch) and after.first_epoch <= before.last_epoch:
            faults.append(
                f"trial {before.number} went on with epoch {after.first_epoch}, although {before.last_epoch} was safe"
            )
    return faults


def _leaks(root: Path, password: str) -> list[str]:
    """Where the database's password stands that it must not: logs, checkpoints, the report."""
    places = [path for path in root.rglob("*") if path.is_file() and "postgres" not in path.parts]
    return [f"{path} holds the password" for path in places if password.encode() in path.read_bytes()]


def _rows(database: Database, query: str) -> list[Any]:
    with database.engine.connect() as connection:
        return list(connection.execute(text(query)).all())


_TWICE = """
SELECT number, count(*) FILTER (WHERE cause = 'finished') AS finished
  FROM ecgscale.attempts JOIN trials USING (trial_id)
 WHERE state = 'COMPLETE' GROUP BY number HAVING count(*) FILTER (WHERE cause = 'finished') <> 1
"""
_CURVE = f"""
SELECT number, count(epoch) AS epochs FROM trials LEFT JOIN ecgscale.epochs USING (trial_id)
 WHERE state = 'COMPLETE' GROUP BY number HAVING count(epoch) <> {EPOCHS}
"""

if __name__ == "__main__":
    main()
