"""Workers that sleep in the place of training, Optuna's own way and ours, each a process of its own; no torch.

Both draw eleven parameters and write three attributes per trial.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from models.errors import Stopped
from models.training.recipe import Precision
from search.config import StudyConfig
from search.creation import create_study
from search.draft import Draft
from search.samplers import Sampler
from search.settings import SearchSettings, WantedTraining
from search.space import default_space
from search.stopping import Stop
from search.worker import Limits, Worker
from storage.claims import Claim, NewTrial, Result
from storage.database import Database, Patience, open_database
from storage.studies import Study, Terms, find_study

PATIENCE_S = 120.0
_FORK = multiprocessing.get_context("fork")
Process = Any


class SleepingObjective:
    """A result after some seconds; whatever ends is noted in a file, so that a lost result is seen."""

    def __init__(self, seconds: float, log: Path | None = None) -> None:
        self._seconds = seconds
        self._log = log

    def evaluate(
        self, draft: Draft, claim: Claim, on_epoch: Callable[[Mapping[str, Any]], None], stop: Callable[[], bool]
    ) -> Result:
        until = time.monotonic() + self._seconds
        while (left := until - time.monotonic()) > 0:
            if stop():
                raise Stopped("woken up")
            time.sleep(min(left, 0.2))
        note(self._log)
        return Result((random.random(), float(draft.complexity.flops)), {"a": 1, "b": 2, "c": 3})

    def train_flops(self, draft: Draft, epochs: int) -> int:
        return 0

    def tidy(self, claim: Claim) -> None:
        pass


def note(log: Path | None) -> None:
    """One line for one result."""
    if log is not None:
        with log.open("a") as file:
            file.write(f"{os.getpid()}\n")


def our_study(database: Database, name: str, store: Path, trials: int, lease: float = 60.0) -> Study:
    """A study over the RegNet space, which has eleven parameters."""
    training = WantedTraining(epochs=1, batch_size=32, precision=Precision.FP32)
    return create_study(
        database,
        name,
        store=store,
        space=default_space(["regnet"]),
        terms=Terms(trials, lease),
        training=training,
        search=SearchSettings(Sampler.RANDOM),  # as Optuna's side samples
    )


def start(target: Callable[..., None], *arguments: Any) -> Process:
    """Run a function in a process of its own, which has all our imports already."""
    process = _FORK.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def our_worker(url: str, name: str, seconds: float, log: Path | None = None) -> None:
    """One of our workers, until its study is done or it is told to stop."""
    import sys

    assert "torch" not in sys.modules
    random.seed(os.getpid())
    stop = Stop()
    with stop.listening():
        patience = Patience(PATIENCE_S)
        database = open_database(url, patience=patience).with_patience(patience)
        study = find_study(database, name)
        config = StudyConfig.load(study.config)
        worker = Worker(
            database, study, config, SleepingObjective(seconds, log), limits=Limits(stop=stop), say=lambda line: None
        )
        worker.run()


def optuna_worker(
    url: str, name: str, seconds: float, log: Path | None = None, trials: int | None = None, grace: int | None = None
) -> None:
    """Optuna as its documentation has it: `study.optimize`, with heartbeats and retries where `grace` is given."""
    import optuna
    from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # hundreds of tracebacks
    beating: dict[str, Any] = {}
    if grace is not None:
        beating = {
            "heartbeat_interval": 1,
            "grace_period": grace,
            "heartbeat_stale_trial_callback": RetryHeartbeatStaleTrialCallback(max_retry=3),
        }
    study = optuna.load_study(
        study_name=name, storage=RDBStorage(url, **beating), sampler=optuna.samplers.RandomSampler(seed=os.getpid())
    )
    callbacks = [optuna.study.MaxTrialsCallback(trials)] if trials else None
    study.optimize(lambda trial: one_trial(trial, seconds, log), callbacks=callbacks)


def one_trial(trial: Any, seconds: float = 0.0, log: Path | None = None) -> tuple[float, float]:
    """Optuna's side of a trial."""
    for number in range(5):
        trial.suggest_int(f"i{number}", 1, 64)
        trial.suggest_float(f"f{number}", 1e-3, 1e-2, log=True)
    trial.suggest_categorical("family", ["resnet", "convnext"])
    for key in "abc":
        trial.set_user_attr(key, 1)
    time.sleep(seconds)
    note(log)
    return random.random(), random.random()


def new_trial(number: int) -> NewTrial:
    """Our side of the same trial, as a draft."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    rng = random.Random(number)
    whole = {f"i{k}": (rng.randint(1, 64), IntDistribution(1, 64)) for k in range(5)}
    real = {f"f{k}": (rng.uniform(1e-3, 1e-2), FloatDistribution(1e-3, 1e-2, log=True)) for k in range(5)}
    family = {"family": ("resnet", CategoricalDistribution(["resnet", "convnext"]))}
    return NewTrial(params={**whole, **real, **family}, attrs={}, signature=str(number))


class Counts:
    """Statements and commits while they are counted."""

    def __init__(self) -> None:
        self.statements = self.commits = 0

    @property
    def told(self) -> str:
        return f"{self.statements} statements, {self.commits} commits"


@contextmanager
def counted(*engines: Engine) -> Iterator[Counts]:
    """Count what these engines send, by SQLAlchemy's events."""
    counts = Counts()

    def statement(*_: object) -> None:
        counts.statements += 1

    def commit(*_: object) -> None:
        counts.commits += 1

    for engine in engines:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)
    try:
        yield counts
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", statement)
            event.remove(engine, "commit", commit)
