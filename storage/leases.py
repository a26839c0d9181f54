"""The life of a trial in the database: look for work, claim, renew, finish or give up; reap what the dead left.

Each step is one transaction of few statements over Optuna's own tables and ours, so that Optuna's dashboard and
`load_study` read what we write. Whoever writes names the lease's token; a token that has moved on means that another
worker has taken the trial over. Every step may be repeated after a broken connection: it finds its own work done.

A lease that is over is not yet lost: until somebody takes the trial over, its owner may renew or finish. While the
database is away nobody can renew, so that after its start every lease lasts once more.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage import lease_statements as statements
from storage import schema
from storage.causes import Cause
from storage.claims import Claim, Draw, Idle, NewTrial, Result
from storage.database import transactional
from storage.errors import LeaseLost, StudyError
from storage.studies import Study

_ROWS_AT_ONCE = 1000
_LONGEST_REASON = 2000


@transactional
def look_for_work(session: Session, study: Study, worker: str) -> Claim | Draw | Idle:
    """A trial whose worker died or gave it back, else leave to draw, else why not.

    Raises:
        StudyError: the study is gone.
    """
    found = _situation(session, study, worker)
    if found.mine is not None:  # ours by a commit whose acknowledgement was lost
        return _read_claim(session, study, found.mine)
    if found.counted >= found.trials or (found.ended and not found.reserved):
        return Idle.DONE
    if found.paused:
        return Idle.WAIT
    if found.free:
        orphan = _take_over(session, study, worker)
        if orphan is not None:
            return orphan
    if found.ended or found.counted + found.reserved >= found.trials:
        return Idle.WAIT
    return Draw(session.execute(statements.DRAW, {"study": study.id}).scalar_one())


@transactional
def claim(session: Session, study: Study, worker: str, draft: NewTrial) -> Claim | Idle:
    """Turn a draft into a running trial with a lease; the dropped drafts before it are counted.

    Raises:
        StudyError: the study is gone.
    """
    from optuna.distributions import distribution_to_json

    if session.execute(statements.LOCK, {"study": study.id}).one_or_none() is None:
        raise _deleted(study)
    made = session.execute(
        statements.CLAIM,
        {
            "study": study.id,
            "lease": study.lease,
            "worker": worker,
            "signature": draft.signature,
            "names": list(draft.params),
            "values": [float(kind.to_internal_repr(value)) for value, kind in draft.params.values()],
            "distributions": [distribution_to_json(kind) for _, kind in draft.params.values()],
            **_attr_columns(draft.attrs),
            "system_keys": list(draft.system_attrs),
            "system_contents": [json.dumps(value) for value in draft.system_attrs.values()],
            "reasons": list(draft.dropped),
            "counts": list(draft.dropped.values()),
        },
    ).one()
    if made.mine is not None:  # the commit came through, its acknowledgement did not
        return _read_claim(session, study, made.mine)
    if made.trial_id is None:
        return Idle.REPEATED if made.repeated and not made.closed else Idle.WAIT
    params = {name: value for name, (value, _) in draft.params.items()}
    return Claim(made.trial_id, made.number, token=1, lease=study.lease, params=params)


@transactional
def renew(session: Session, claim: Claim, epochs: Sequence[Mapping[str, float]] = ()) -> None:
    """Keep the lease, and write rows of the learning curve with it.

    Args:
        epochs: of checkpoints that are safe.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    owned = session.execute(statements.LOCK_LEASE, _key(claim)).one_or_none()
    if owned is None:
        raise _taken_over(claim)
    session.execute(
        statements.REVIVE if owned.state == "WAITING" else statements.RENEW, {**_key(claim), "lease": claim.lease}
    )
    _write_epochs(session, claim, epochs)
    _note_epochs(session, claim, epochs)


@transactional
def finish(session: Session, claim: Claim, result: Result, epochs: Sequence[Mapping[str, float]] = ()) -> None:
    """Write a trial's result.

    Args:
        epochs: of this owner's, those that no renewal has written.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    from optuna.storages._rdb.models import TrialValueModel

    stored = [TrialValueModel.value_to_stored_repr(value) for value in result.values]
    wanted = {"values": [value for value, _ in stored], "kinds": [kind.name for _, kind in stored]}
    done = session.execute(statements.FINISH, {**_key(claim), **wanted, **_attr_columns(result.attrs)}).one_or_none()
    if done is None:
        if _ended_before(session, claim) is None:
            raise _taken_over(claim)
        return
    _write_epochs(session, claim, result.curve or epochs)
    _note_epochs(session, claim, epochs)
    if result.label_scores:
        rows = [{"trial_id": claim.trial_id, **row} for row in result.label_scores]
        session.execute(schema.label_scores.insert().values(rows))


@transactional
def stop_early(
    session: Session, claim: Claim, attrs: Mapping[str, Any], epochs: Sequence[Mapping[str, float]] = ()
) -> None:
    """End a trial before its last epoch, without values: Optuna's PRUNED, which counts like a finished one.

    Args:
        attrs: why, and what it cost; `train_seconds` is added, by the rows of its curve.
        epochs: of this owner's, those that no renewal has written.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    done = session.execute(statements.STOP_EARLY, {**_key(claim), **_attr_columns(attrs)}).one_or_none()
    if done is None:
        if _ended_before(session, claim) is None:
            raise _taken_over(claim)
        return
    _write_epochs(session, claim, epochs)
    _note_epochs(session, claim, epochs)
    session.execute(statements.NOTE_SECONDS, {"trial": claim.trial_id})


@transactional
def give_up(
    session: Session,
    claim: Claim,
    cause: Cause,
    reason: str,
    *,
    epochs: Sequence[Mapping[str, float]] = (),
    saved: bool = False,
) -> bool:
    """End this worker's part of a trial without a result; whether the trial waits for another attempt.

    Where it has had its attempts, it ends as failed and its slot is free again.

    Args:
        epochs: of this owner's, those that no renewal has written.
        saved: whether a checkpoint holds all that it had done.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    owned = session.execute(statements.LOCK_LEASE, _key(claim)).one_or_none()
    if owned is None:
        ended = _ended_before(session, claim)
        if ended is None:
            raise _taken_over(claim)
        return ended.slot != schema.Slot.RETURNED
    if owned.state == "WAITING":  # it was reaped, which counts as one of its failures
        session.execute(statements.REVIVE, {**_key(claim), "lease": claim.lease})
    _write_epochs(session, claim, epochs)
    _note_epochs(session, claim, epochs)
    told = _readable(reason)
    wanted = {
        "cause": cause.value,
        "reason": told,
        "counts": int(cause.counts),
        "most": cause.attempts,
        "saved": saved,
        **_attr_columns({"fail_reason": told, "fail_cause": cause.value}),
    }
    return bool(session.execute(statements.GIVE_UP, {**_key(claim), **wanted}).scalar_one() == "WAITING")


@transactional
def record_overtaken(session: Session, claim: Claim, kept: Mapping[str, Any]) -> None:
    """Write down what an owner had when it learned that another has taken the trial over."""
    session.execute(statements.OVERTAKEN, {**_key(claim), "kept": json.dumps(kept)})


@transactional
def reap(session: Session, study: Study) -> float | None:
    """Let trials wait whose leases are over; seconds until the next lease may be over, None without any."""
    wanted = {"study": study.id, "lease": study.lease}
    soonest: float | None = session.execute(statements.SOONEST, wanted).scalar_one()
    if soonest is None or soonest > 0:
        return soonest
    session.execute(statements.REAP, wanted)
    left: float | None = session.execute(statements.SOONEST, wanted).scalar_one()
    return left


@transactional
def final_tokens(session: Session, study: Study) -> dict[int, int]:
    """The token of the owner that finished or stopped each trial that counts, by number."""
    return {row.number: row.token for row in session.execute(statements.FINAL_TOKENS, {"study": study.id})}


def _situation(session: Session, study: Study, worker: str) -> Any:
    """A row of counts, once the slots of trials that somebody else has ended are settled."""
    wanted = {"study": study.id, "lease": study.lease, "worker": worker}
    found = session.execute(statements.SITUATION, wanted).one_or_none()
    if found is None:
        raise _deleted(study)
    if found.odd:
        session.execute(statements.SETTLE, wanted)
        return session.execute(statements.SITUATION, wanted).one()
    return found


def _take_over(session: Session, study: Study, worker: str) -> Claim | None:
    """The first trial that waits for a new owner; those that have ended too many workers end as failed instead."""
    wanted = {"study": study.id, "lease": study.lease}
    session.execute(statements.REAP, wanted)
    most = Cause.LOST.attempts
    reason = f"{most} attempts ended badly, the last with its worker dead"
    failed = _attr_columns({"fail_reason": reason, "fail_cause": Cause.LOST.value})
    session.execute(statements.BURY, {**wanted, "most": most, **failed})
    machine = worker.rsplit("-", 2)[0]  # of HOST-PID-RANDOM
    row = session.execute(statements.TAKE_OVER, {**wanted, "worker": worker, "machine": machine}).one_or_none()
    return None if row is None else _read_claim(session, study, row.trial_id)


def _read_claim(session: Session, study: Study, trial_id: int) -> Claim:
    from optuna.distributions import json_to_distribution

    row = session.execute(statements.READ_CLAIM, {"trial": trial_id}).one()
    params = {
        name: json_to_distribution(kind).to_external_repr(value)
        for name, value, kind in zip(row.names or [], row.values or [], row.distributions or [], strict=True)
    }
    continues = None if row.continues is None else (row.continues, row.continues_token)
    return Claim(trial_id, row.number, row.token, study.lease, params, continues)


def _write_epochs(session: Session, claim: Claim, epochs: Sequence[Mapping[str, float]]) -> None:
    unique = [{"trial_id": claim.trial_id, **row} for row in {row["epoch"]: row for row in epochs}.values()]
    for first in range(0, len(unique), _ROWS_AT_ONCE):
        _upsert_epochs(session, unique[first : first + _ROWS_AT_ONCE])


def _upsert_epochs(session: Session, epochs: Sequence[Mapping[str, float]]) -> None:
    rows = insert(schema.epochs).values(epochs)
    columns = {column.name: rows.excluded[column.name] for column in schema.epochs.c if not column.primary_key}
    key = [schema.epochs.c.trial_id, schema.epochs.c.epoch]
    session.execute(rows.on_conflict_do_update(index_elements=key, set_=columns))


def _note_epochs(session: Session, claim: Claim, epochs: Sequence[Mapping[str, float]]) -> None:
    """Which epochs this owner has trained."""
    if epochs:
        numbers = [row["epoch"] for row in epochs]
        session.execute(statements.NOTE_EPOCHS, {**_key(claim), "first": min(numbers), "last": max(numbers)})


def _ended_before(session: Session, claim: Claim) -> Any:
    """What became of this owner's part if it ended by its own word: the repetition of a step that came through."""
    return session.execute(statements.ENDED, _key(claim)).one_or_none()


def _readable(reason: str) -> str:
    """A reason as Postgres can keep it."""
    return reason.encode("utf-8", "replace").decode().replace("\0", "")[:_LONGEST_REASON]


def _key(claim: Claim) -> dict[str, int]:
    return {"trial": claim.trial_id, "token": claim.token}


def _attr_columns(attrs: Mapping[str, Any]) -> dict[str, list[str]]:
    return {"keys": list(attrs), "contents": [json.dumps(value) for value in attrs.values()]}


def _deleted(study: Study) -> StudyError:
    return StudyError(f"the study {study.name!r} was deleted; its workers end here")


def _taken_over(claim: Claim) -> LeaseLost:
    return LeaseLost(f"trial {claim.number} was taken over or ended by somebody else; this part of it no longer counts")
