"""Storage and leases: Optuna's own way against ours, both in one run on a PostgreSQL 15 of their own.

    python benchmarks/bench_storage.py                 # all rows, about 12 minutes
    python benchmarks/bench_storage.py --rows speed history statements

Objectives sleep; both sides have eleven parameters and three attributes per trial. Optuna runs `study.optimize` with
heartbeats of 1 s, a grace of 3 s and its retry callback; our leases last 3 s.
"""

import argparse
import os
import random
import resource
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from postgres_server import PostgresServer
from proving_ground import proving_ground
from sleeping_workers import (
    Process,
    counted,
    new_trial,
    one_trial,
    optuna_worker,
    our_study,
    our_worker,
    start,
)
from sqlalchemy import event, text
from watch_connections import Watch

from storage.claims import Claim, Result
from storage.database import Database, open_database
from storage.leases import claim, finish, look_for_work, reap
from storage.studies import Study, find_study

GRACE_S = 3


@dataclass(frozen=True)
class Setting:
    """Where both sides run."""

    server: PostgresServer
    database: Database
    store: Path
    root: Path
    asked: argparse.Namespace

    @property
    def optuna_url(self) -> str:
        """Optuna takes the password in its URL."""
        return self.server.url.replace(
            "postgresql://ecgscale@", f"postgresql+psycopg://ecgscale:{self.server.password}@"
        )

    def optuna_study(self, name: str) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        optuna.create_study(study_name=name, storage=self.optuna_url, directions=["maximize", "minimize"])

    def states(self, name: str) -> dict[str, int]:
        """Trials of a study by state, whoever made it."""
        query = "SELECT state, count(*) FROM trials JOIN studies USING (study_id) WHERE study_name = :name GROUP BY 1"
        return {row[0]: row[1] for row in self.rows(query, name=name)}

    def rows(self, query: str, **values: Any) -> list[Any]:
        with self.database.engine.connect() as connection:
            return list(connection.execute(text(query), values).all())


def main() -> None:
    rows: dict[str, Callable[[Setting], tuple[str, str]]] = {
        "restarts": restarts,
        "dead": dead_workers,
        "crash": crash_between_steps,
        "exactly": exactly_n,
        "many": many_workers,
        "statements": statements,
        "speed": speed,
        "history": history,
    }
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", nargs="+", choices=rows, default=list(rows))
    parser.add_argument("--restarts", type=int, default=20)
    parser.add_argument("--trials", type=int, default=10_000, help="of the history that is read")
    asked = parser.parse_args()
    with proving_ground() as ground:
        setting = Setting(ground.server, ground.database, ground.store, ground.root, asked)
        for name in asked.rows:
            theirs, ours = rows[name](setting)
            print(f"{(rows[name].__doc__ or '').splitlines()[0]}\n  Optuna  {theirs}\n  ours    {ours}", flush=True)


def restarts(setting: Setting) -> tuple[str, str]:
    """The database restarts under two workers with trials of 5 s, 1 to 3 s away each time: what is lost?"""
    setting.optuna_study("restarts")
    our_study(setting.database, "our restarts", setting.store, 100_000, GRACE_S)
    theirs = _under_restarts(
        setting, "restarts", lambda log: start(optuna_worker, setting.optuna_url, "restarts", 5.0, log, None, GRACE_S)
    )
    ours = _under_restarts(
        setting, "our restarts", lambda log: start(our_worker, setting.server.url, "our restarts", 5.0, log)
    )
    return theirs, ours


def _under_restarts(setting: Setting, name: str, begin: Callable[[Path], Process]) -> str:
    log = setting.root / f"{name}.log"
    rng = random.Random(0)
    workers = [begin(log) for _ in range(2)]
    crashes = 0
    for _ in range(setting.asked.restarts):
        time.sleep(rng.uniform(2, 4))
        setting.server.stop()
        time.sleep(rng.uniform(1, 3))
        setting.server.start()
        for index, worker in enumerate(workers):
            if not worker.is_alive():
                crashes += 1
                workers[index] = begin(log)
    time.sleep(2 * GRACE_S)
    for _ in range(100):  # a result may just be on its way
        states = setting.states(name)
        made, kept = len(log.read_text().splitlines()), states.get("COMPLETE", 0)
        if made == kept:
            break
        time.sleep(0.05)
    _end(workers)
    return (
        f"{setting.asked.restarts} restarts: {crashes} crashes, {states.get('FAIL', 0)} live trials marked failed, "
        f"{made - kept} of {made} results lost"
    )


def dead_workers(setting: Setting) -> tuple[str, str]:
    """A worker dies (grace and lease 3 s) while the other is busy for 20 s: after how long is it noticed?"""
    setting.optuna_study("dead")
    our_study(setting.database, "our dead", setting.store, 100, GRACE_S)
    theirs = _noticed(
        setting, "dead", "FAIL", lambda: start(optuna_worker, setting.optuna_url, "dead", 20.0, None, None, GRACE_S)
    )
    ours = _noticed(setting, "our dead", "WAITING", lambda: start(our_worker, setting.server.url, "our dead", 20.0))
    return theirs, ours


def _noticed(setting: Setting, name: str, state: str, begin: Callable[[], Process]) -> str:
    workers = [begin(), begin()]
    while setting.states(name).get("RUNNING", 0) < 2:
        time.sleep(0.1)
    time.sleep(4)  # both have renewed
    os.kill(workers[0].pid, signal.SIGKILL)
    killed = time.monotonic()
    while not setting.states(name).get(state) and time.monotonic() < killed + 40:
        time.sleep(0.05)
    took = time.monotonic() - killed
    _end(workers)
    return f"{took:.1f} s after its death"


def crash_between_steps(setting: Setting) -> tuple[str, str]:
    """Whoever notices a death dies itself, between marking the trial and queueing it again: is it tried again?"""
    setting.optuna_study("crash")
    study = our_study(setting.database, "our crash", setting.store, 100, 0.1)
    start(_leave_a_stale_trial, setting.optuna_url).join()
    time.sleep(2 * GRACE_S)
    start(_die_after_marking, setting.optuna_url).join()
    claim(setting.database, study, "dead", new_trial(0))
    time.sleep(0.5)
    start(_die_before_committing, setting.server.url).join()
    reap(setting.database, study)

    def told(states: dict[str, int]) -> str:
        return f"{'yes' if 'WAITING' in states else 'no'} ({', '.join(f'{n} {state}' for state, n in states.items())})"

    return told(setting.states("crash")), told(setting.states("our crash"))


def _leave_a_stale_trial(url: str) -> None:
    from optuna import load_study
    from optuna.storages import RDBStorage

    storage = RDBStorage(url, heartbeat_interval=1, grace_period=GRACE_S)
    storage.record_heartbeat(load_study(study_name="crash", storage=storage).ask()._trial_id)


def _die_after_marking(url: str) -> None:
    from optuna import load_study
    from optuna.storages import RDBStorage
    from optuna.storages._heartbeat import fail_stale_trials

    storage = RDBStorage(
        url, heartbeat_interval=1, grace_period=GRACE_S, heartbeat_stale_trial_callback=lambda *_: os._exit(1)
    )
    fail_stale_trials(load_study(study_name="crash", storage=storage))


def _die_before_committing(url: str) -> None:
    database = open_database(url)
    event.listen(database.engine, "commit", lambda *_: os._exit(1))
    reap(database, find_study(database, "our crash"))


def exactly_n(setting: Setting) -> tuple[str, str]:
    """40 trials are asked of 6 workers, of which one is killed every half second, ten times: how many are complete?"""
    setting.optuna_study("exactly")
    our_study(setting.database, "our exactly", setting.store, 40, 1.0)
    theirs = _count(
        setting, "exactly", lambda: start(optuna_worker, setting.optuna_url, "exactly", 0.4, None, 40, GRACE_S)
    )
    ours = _count(setting, "our exactly", lambda: start(our_worker, setting.server.url, "our exactly", 0.4))
    return theirs, ours


def _count(setting: Setting, name: str, begin: Callable[[], Process]) -> str:
    rng = random.Random(0)
    workers = [begin() for _ in range(6)]
    for _ in range(10):
        time.sleep(0.5)
        victim = rng.randrange(6)
        os.kill(workers[victim].pid, signal.SIGKILL) if workers[victim].is_alive() else None
        workers[victim] = begin()
    for worker in workers:
        worker.join(60)
    _end(workers)
    return ", ".join(f"{count} {state.lower()}" for state, count in sorted(setting.states(name).items()))


def many_workers(setting: Setting) -> tuple[str, str]:
    """150 workers at once on 100 connections, 20 s per trial: how many get a trial?"""
    setting.optuna_study("many")
    our_study(setting.database, "our many", setting.store, 150)
    theirs = _connected(setting, "many", lambda: start(optuna_worker, setting.optuna_url, "many", 20.0))
    ours = _connected(setting, "our many", lambda: start(our_worker, setting.server.url, "our many", 20.0))
    return theirs, ours


def _connected(setting: Setting, name: str, begin: Callable[[], Process]) -> str:
    watch = Watch(setting.server.url)
    inside = replace(setting, database=setting.database.holding_on())  # there may be no room later
    inside.states(name)
    workers = [begin() for _ in range(150)]
    most = 0
    until = time.monotonic() + 40
    while time.monotonic() < until and any(worker.is_alive() for worker in workers):
        most = max(most, inside.states(name).get("RUNNING", 0))
        time.sleep(0.5)
    peak = watch.end()
    inside.database.let_go()
    _end(workers)
    return f"{most} of 150 at once, at most {peak} in pg_stat_activity"


def statements(setting: Setting) -> tuple[str, str]:
    """SQL statements and commits of one trial, from draw to finish, the history read included"""
    import optuna
    from optuna.storages import RDBStorage

    setting.optuna_study("statements")
    storage = RDBStorage(setting.optuna_url)
    study = optuna.load_study(study_name="statements", storage=storage)
    study.optimize(one_trial, n_trials=2)
    with counted(storage.engine) as theirs:
        study.optimize(one_trial, n_trials=1)
    mine = our_study(setting.database, "our statements", setting.store, 100)
    _one_of_ours(setting.database, mine, 0)
    reading = setting.database.optuna_storage()
    with counted(setting.database.engine, reading.engine) as ours:
        reading.get_all_trials(mine.id, deepcopy=False)
        _one_of_ours(setting.database, mine, 1)
    return theirs.told, ours.told


def speed(setting: Setting) -> tuple[str, str]:
    """Trials per second through one Postgres, objectives that do nothing, 1, 4 and 16 workers, 8 s each"""
    theirs, ours = [], []
    for count in (1, 4, 16):
        setting.optuna_study(f"speed {count}")
        our_study(setting.database, f"our speed {count}", setting.store, 1_000_000)
        theirs.append(_rate(setting, f"speed {count}", count, optuna_worker, setting.optuna_url))
        ours.append(_rate(setting, f"our speed {count}", count, our_worker, setting.server.url))
    return tuple(", ".join(f"{rate:.0f}" for rate in rates) for rates in (theirs, ours))  # type: ignore[return-value]


def _rate(setting: Setting, name: str, count: int, worker: Callable[..., None], url: str) -> float:
    workers = [start(worker, url, name, 0.0) for _ in range(count)]
    while setting.states(name).get("COMPLETE", 0) < count:
        time.sleep(0.1)
    began, before = time.monotonic(), setting.states(name)["COMPLETE"]
    time.sleep(8)
    rate = (setting.states(name)["COMPLETE"] - before) / (time.monotonic() - began)
    _end(workers)
    return rate


def history(setting: Setting) -> tuple[str, str]:
    """A new worker reads a study's history: seconds, and memory beyond its own"""
    study = our_study(setting.database, "history", setting.store, 1_000_000)
    for number in range(10):
        _one_of_ours(setting.database, study, number)
    copied = setting.asked.trials - 10
    with setting.database.engine.begin() as connection:
        for statement in _COPIES:
            connection.execute(text(statement), {"study": study.id, "copies": copied})
    told = []
    for whose in ("Optuna's", "ours"):
        out = setting.root / "read"
        start(_read, setting.server.url, study.id, whose == "ours", out).join()
        told.append(out.read_text())
    return told[0], told[1]


def _read(url: str, study_id: int, ours: bool, out: Path) -> None:
    from optuna.storages import get_storage

    storage = open_database(url).optuna_storage()
    reader = storage if ours else get_storage(storage.theirs)
    before, began = _memory_mb(), time.monotonic()
    trials = reader.get_all_trials(study_id, deepcopy=False)
    out.write_text(f"{len(trials)} trials in {time.monotonic() - began:.2f} s, {_memory_mb() - before:.0f} MB")


def _memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _one_of_ours(database: Database, study: Study, number: int) -> None:
    look_for_work(database, study, "w")
    got = claim(database, study, "w", new_trial(number))
    assert isinstance(got, Claim)
    finish(database, got, Result((0.5, 1000.0), {"a": 1, "b": 2, "c": 3}))


def _end(workers: list[Process]) -> None:
    for worker in workers:
        if worker.is_alive():
            worker.kill()
        worker.join()


_COPIES = (
    """INSERT INTO trials (study_id, number, state, datetime_start, datetime_complete)
       SELECT :study, 9 + n, 'COMPLETE', now(), now() FROM generate_series(1, :copies) n""",
    *(
        f"""INSERT INTO {table} (trial_id, {columns})
            SELECT t.trial_id, {", ".join(f"c.{column.strip()}" for column in columns.split(","))}
              FROM trials t JOIN trials o ON o.study_id = t.study_id AND o.number = t.number % 10
              JOIN {table} c ON c.trial_id = o.trial_id WHERE t.study_id = :study AND t.number > 9"""
        for table, columns in (
            ("trial_params", "param_name, param_value, distribution_json"),
            ("trial_values", "objective, value, value_type"),
            ("trial_user_attributes", "key, value_json"),
        )
    ),
)

if __name__ == "__main__":
    main()
