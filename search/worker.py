"""A worker: looks for a trial, trains it, writes the result, until the study has its trials."""

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from models.errors import Diverged, ImpossibleNetwork, OutOfMemory
from models.training.checkpoint import TrainingFolder
from models.training.data import Split, TrainingData
from models.training.loop import Epoch
from search.config import StudyConfig
from search.draft import Draft, draw_draft, make_draft, over_budget
from search.errors import WorkerError
from search.objective import Outcome, evaluate
from storage.claims import (
    LEASE,
    Claim,
    Idle,
    claim,
    count_drafts,
    fail,
    finish,
    hand_back,
    look_for_work,
    renew,
)
from storage.database import Database
from storage.errors import DatabaseLost, LeaseLost
from storage.home import trial_folder
from storage.studies import Study, end_study

_POLL_S = 0.5
_MAX_REPEATED = 1000  # drafts within the budget that are trials already: the space has nothing left
_MAX_DRAFTS = 100_000  # whatever became of them; half a minute
_MAX_FAILURES = 5  # in a row: it is not the trials that are wrong
_MAX_OWN_FAILURES = 50  # in a row, of trials that diverge or do not fit into memory

Say = Callable[[str], None]


class Worker:
    """Trains trials of one study on one record store."""

    def __init__(
        self, database: Database, study: Study, *, store: Path | None = None, compiled: bool = False, say: Say = print
    ) -> None:
        """
        Args:
            store: where the study's store lies on this machine, if not where it was made.
            compiled: whether torch.compile makes the kernels of networks.
            say: told one line per trial.

        Raises:
            StoreError, ConfigError, SignalsLost: the store is missing, cannot be read, or is not the study's.
        """
        self._database = database
        self._study = study
        self._config = StudyConfig.load(study.config)
        self._config.check_families()
        records = self._config.store.open(store)
        self._data = TrainingData(records, Split.of(records))
        self._compiled = compiled
        self._say = say
        self._finished = self._failures = self._own_failures = 0
        self._last_failure = ""
        self._known: set[str] = set()  # signatures that are trials already
        self.name = f"{socket.gethostname()}-{os.getpid()}"

    def run(self) -> int:
        """Work until the study is done; the number of trials this worker finished.

        A KeyboardInterrupt hands the running trial back, for any worker to go on from its checkpoint, and is raised
        again.

        Raises:
            WorkerError: several trials in a row failed.
        """
        while True:
            work = self._next()
            if work is Idle.DONE:
                return self._finished
            if isinstance(work, Idle):
                time.sleep(_POLL_S)
            else:
                self._train(work)
            if self._failures >= _MAX_FAILURES or self._own_failures >= _MAX_OWN_FAILURES:
                count = max(self._failures, self._own_failures)
                raise WorkerError(f"{count} trials in a row failed; the last: {self._last_failure}")

    def _next(self) -> Claim | Idle:
        """A trial to train, or why there is none now."""
        work = look_for_work(self._database, self._study, self.name)
        if isinstance(work, Claim | Idle):
            return work
        rng = np.random.default_rng([self._config.seed, work.index])
        dropped: Counter[str] = Counter()
        while dropped["repeated"] < _MAX_REPEATED and dropped.total() < _MAX_DRAFTS:
            draft = self._draw(rng, dropped)
            if draft is None:
                continue
            got = self._claim(draft, dropped)
            if got is not Idle.REPEATED:
                return got
            dropped["repeated"] += 1
        self._exhausted(dropped)
        return Idle.WAIT

    def _claim(self, draft: Draft, dropped: Counter[str]) -> Claim | Idle:
        if draft.signature in self._known:
            return Idle.REPEATED
        got = claim(self._database, self._study, self.name, draft.new_trial(self._config, dropped))
        if got is Idle.REPEATED or isinstance(got, Claim):
            self._known.add(draft.signature)
        return got

    def _draw(self, rng: np.random.Generator, dropped: Counter[str]) -> Draft | None:
        try:
            draft = draw_draft(self._config, rng)
        except ImpossibleNetwork:
            dropped["impossible"] += 1
            return None
        if over_budget(self._config, draft):
            dropped["over_budget"] += 1
            return None
        return draft

    def _exhausted(self, dropped: Counter[str]) -> None:
        count_drafts(self._database, self._study, dropped)
        reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in dropped.most_common())
        why = f"the space has nothing left: of {dropped.total()} drafts in a row none was new ({reasons})"
        end_study(self._database, self._study, why)
        self._say(why)

    def _train(self, work: Claim) -> None:
        """Train one trial and write what became of it."""
        folder = TrainingFolder(trial_folder(self._study.key, work.number))
        try:
            draft = make_draft(self._config, work.params)
            with _LeaseKeeper(self._database, work):
                outcome = evaluate(
                    draft, self._config, self._data, folder, self._renewing(work), compiled=self._compiled
                )
            finish(self._database, work, outcome.values, outcome.attrs, outcome.label_scores)
        except LeaseLost as lost:
            self._say(str(lost))
        except DatabaseLost:
            raise
        except KeyboardInterrupt:
            self._hand_back(work)
            raise
        except Exception as error:  # one bad trial never stops the rest: its reason is recorded, the worker lives
            self._fail(work, error)
            folder.drop_checkpoint()
        else:
            folder.drop_checkpoint()  # not before the result is safe
            self._finished += 1
            self._failures = self._own_failures = 0
            self._say(_line(work, draft, outcome))

    def _fail(self, work: Claim, error: Exception) -> None:
        why = f"{type(error).__name__}: {error}"
        if isinstance(error, Diverged | OutOfMemory):
            self._own_failures += 1
        else:
            self._failures += 1
        self._last_failure = why
        try:
            fail(self._database, work, why)
        except LeaseLost as lost:
            self._say(str(lost))
        else:
            self._say(f"trial {work.number} failed: {why}")

    def _renewing(self, work: Claim) -> Callable[[Epoch], None]:
        return lambda epoch: renew(self._database, work, asdict(epoch))

    def _hand_back(self, work: Claim) -> None:
        try:
            hand_back(self._database, work)
        except (LeaseLost, DatabaseLost) as error:
            self._say(str(error))
        else:
            self._say(f"trial {work.number} handed back; the next worker goes on from its last epoch")


class _LeaseKeeper:
    """Renews a lease from a thread while an epoch takes longer than the lease."""

    def __init__(self, database: Database, work: Claim) -> None:
        self._database = database
        self._work = work
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._over.wait(LEASE.total_seconds() / 4):
            try:
                renew(self._database, self._work)
            except LeaseLost:
                return  # the next epoch's renewal tells the training
            except DatabaseLost:
                continue  # a database that restarts is back before the lease is over, or the lease is lost


def _line(work: Claim, draft: Draft, outcome: Outcome) -> str:
    numbers = " ".join(f"{name}={value}" for name, value in draft.numbers.items())
    return (
        f"trial {work.number}: {draft.family} {numbers}, {draft.complexity.flops / 1e6:.1f} MFLOPs, "
        f"balanced accuracy {outcome.values[0]:.3f} in {outcome.attrs['train_seconds']:.1f} s"
    )
