"""A worker: looks for a trial, trains it, writes the result, until the study has its trials."""

import math
import os
import random
import socket
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.errors import Stopped
from search.config import StudyConfig
from search.draft import Draft, make_draft
from search.draws import draws_of
from search.errors import WorkerError
from search.faults import cause_of
from search.objective import Objective
from search.rung_watch import RungWatch, StoppedEarly
from search.sampling.drawing import Drawing
from search.stopping import Stop
from search.tending import Tending
from storage.causes import Cause
from storage.claims import Claim, Idle, Result
from storage.database import Database, Patience
from storage.errors import DatabaseError, DatabaseLost, LeaseLost, StudyError
from storage.leases import claim, finish, give_up, look_for_work, reap, record_overtaken, stop_early
from storage.studies import Study, end_study

_SOONEST_POLL_S, _LATEST_POLL_S, _JITTER_S = 0.2, 4.0, 0.4
_MOST_IN_A_ROW = {
    Cause.INTERRUPTED: 3,  # it is this machine that is wrong
    Cause.USER_ERROR: 5,  # it is not the trials that are wrong
    Cause.DIVERGED: 50,
    Cause.OUT_OF_MEMORY: 50,
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Limits:
    """How much one worker does.

    Attributes:
        trials: finished trials, those stopped early among them; None for as many as the study needs.
        stop: asked at every step.
    """

    trials: int | None = None
    stop: Stop = field(default_factory=Stop)


class Worker:
    """Carries out trials of one study."""

    def __init__(
        self,
        database: Database,
        study: Study,
        config: StudyConfig,
        objective: Objective,
        *,
        limits: Limits | None = None,
        say: Say = print,
    ) -> None:
        """
        Args:
            database: with as much patience as the worker is to have when it is away.
            say: told one line per trial.
        """
        self._beside = database.with_patience(Patience())  # for what goes on beside a training, and holds nothing up
        self._between = database.holding_on()  # for the steps between two trainings
        self._study = study
        self._config = config
        self._objective = objective
        self._limits = limits or Limits()
        self._stop = self._limits.stop
        self._draws = draws_of(self._between, study, config, say=say)
        self._say = say
        self._finished = 0
        self._in_a_row: Counter[Cause] = Counter()
        self._last_failure = ""
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:6]}"

    def run(self) -> int:
        """Work until the study is done or the limits are reached; the number of trials this worker finished.

        Told to stop, it hands the running trial back, for any worker to go on from where it was; told to drain, it
        finishes it first.

        Raises:
            WorkerError: several trials in a row failed.
            DatabaseLost: the database is away for longer than our patience; what is trained goes on elsewhere.
            StudyError: the study was deleted.
        """
        try:
            self._work()
        finally:
            self._between.let_go()
        return self._finished

    def _work(self) -> None:
        poll = _SOONEST_POLL_S
        while not self._stop.draining and self._finished != self._limits.trials:
            work = self._next()
            if work is Idle.DONE:
                return
            if isinstance(work, Claim):
                self._between.let_go()
                self._carry_out(work)
                self._give_in()
                poll = _SOONEST_POLL_S
            else:
                self._wait(poll)
                poll = min(poll * 1.5, _LATEST_POLL_S)

    def _wait(self, seconds: float) -> None:
        """Sleep, but not longer than until a lease may be over."""
        soonest = reap(self._between, self._study)
        self._between.let_go()
        self._stop.wait(min(seconds, math.inf if soonest is None else max(soonest, 0)) + _JITTER_S * random.random())

    def _give_in(self) -> None:
        for cause, count in self._in_a_row.items():
            if count >= _MOST_IN_A_ROW[cause]:
                raise WorkerError(f"{count} trials in a row failed ({cause}); the last: {self._last_failure}")

    def _next(self) -> Claim | Idle:
        """A trial to train, or why there is none now."""
        work = look_for_work(self._between, self._study, self.name)
        if isinstance(work, Claim | Idle):
            return work
        drawing = self._draws.draw(work.index, lambda: self._stop.draining)
        for proposal in drawing:
            draft = make_draft(self._config, proposal.params)
            new = draft.new_trial(self._config, proposal, drawing.dropped, self._draws.origin(proposal))
            got = claim(self._between, self._study, self.name, new)
            if got is not Idle.REPEATED:
                return got
            drawing.repeated(proposal)
        if not self._stop.draining:
            self._exhausted(drawing)
        return Idle.WAIT

    def _exhausted(self, drawing: Drawing) -> None:
        reasons = ", ".join(f"{count} {reason.replace('_', ' ')}" for reason, count in drawing.dropped.items())
        why = (
            f"{self._draws.place} has nothing left: each of its {drawing.size} sets of parameters was tried before or "
            f"is not within the budget ({reasons})"
            if drawing.is_empty
            else f"nothing new was found in {self._draws.place}: of {drawing.dropped.total()} drafts in a row none was "
            f"new ({reasons}); widen the budget or the space"
        )
        end_study(self._between, self._study, why, drawing.dropped)
        self._say(why)

    def _carry_out(self, work: Claim) -> None:
        """Train one trial and write what became of it."""
        started = time.monotonic()
        tending = Tending(self._beside, self._study, work)
        result: Result | None = None
        try:
            draft = make_draft(self._config, work.params)
            watch = RungWatch(self._beside, self._study, self._config, work)

            def on_epoch(row: Mapping[str, Any]) -> None:
                tending.add(row)
                watch.look_at(row)

            with tending:
                result = self._objective.evaluate(
                    draft, work, on_epoch, lambda: bool(self._stop) or tending.lost is not None
                )
            finish(self._between, work, result, tending.epochs)
        except LeaseLost as lost:
            self._overtaken(work, lost, tending.seen, result)
        except (DatabaseLost, DatabaseError, StudyError):
            raise  # the trial's checkpoint stays, for whoever takes it over
        except Stopped:
            if tending.lost is None:
                self._hand_back(work, tending.epochs, saved=True)
            else:
                self._overtaken(work, tending.lost, tending.seen, result)
        except StoppedEarly as early:
            self._stop_early(work, draft, early, tending)
        except KeyboardInterrupt:
            self._hand_back(work, tending.epochs, saved=False)
            raise
        except Exception as error:  # one bad trial never stops the rest: its reason is recorded, the worker lives
            self._fail(work, error, tending.epochs)
        else:
            self._objective.tidy(work)  # not before the result is safe
            self._finished += 1
            self._in_a_row.clear()
            self._say(_line(work, draft, result, time.monotonic() - started))

    def _stop_early(self, work: Claim, draft: Draft, early: StoppedEarly, tending: Tending) -> None:
        """Write down that a trial was stopped at a rung; its checkpoint stays, for who wants to go on with it."""
        attrs = {
            "stopped_epoch": early.epoch,
            "stopped_score": early.why.score,
            "stopped_bound": early.why.bound,
            "stopped_reason": str(early),
            "train_flops": self._objective.train_flops(draft, early.epoch),
        }
        try:
            stop_early(self._between, work, attrs, tending.epochs)
        except LeaseLost as lost:
            self._overtaken(work, lost, tending.seen, None)
            return
        self._finished += 1
        self._in_a_row.clear()
        self._say(f"trial {work.number}: stopped after {early.epoch} of {draft.recipe.epochs} epochs: {early}")

    def _overtaken(self, work: Claim, lost: LeaseLost, epochs: int, result: Result | None) -> None:
        kept: dict[str, Any] = {"epochs": epochs}
        if result is not None:
            kept |= {"values": list(result.values), "attrs": dict(result.attrs)}
        record_overtaken(self._between, work, kept)
        self._say(str(lost))

    def _fail(self, work: Claim, error: Exception, epochs: Sequence[Mapping[str, float]]) -> None:
        cause = cause_of(error)
        why = f"{type(error).__name__}: {error}"
        self._in_a_row[cause] += 1
        self._last_failure = why
        try:
            again = give_up(self._between, work, cause, why, epochs=epochs)
        except LeaseLost as lost:
            self._say(str(lost))
            return
        if not again:
            self._objective.tidy(replace(work, continues=None))  # what it went on from is the stopped trial's own
        self._say(f"trial {work.number} failed ({cause}): {why}{'; it will be tried again' if again else ''}")

    def _hand_back(self, work: Claim, epochs: Sequence[Mapping[str, float]], *, saved: bool) -> None:
        try:
            give_up(self._between, work, Cause.PREEMPTED, self._stop.why, epochs=epochs, saved=saved)
        except (LeaseLost, DatabaseLost, DatabaseError) as error:
            self._say(str(error))
        else:
            self._say(f"trial {work.number} handed back; the next worker goes on from where it was")


def _line(work: Claim, draft: Draft, result: Result, seconds: float) -> str:
    named = {name.split(".", 1)[-1]: value for name, value in draft.params.items() if name != "family"}
    numbers = " ".join(f"{name}={_shown(value)}" for name, value in named.items())
    return (
        f"trial {work.number}: {draft.family} {numbers}, {draft.complexity.flops / 1e6:.1f} MFLOPs, "
        f"balanced accuracy {result.values[0]:.3f} in {seconds:.1f} s"
    )


def _shown(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
