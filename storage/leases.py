"""The life of a trial in the database: look for work, claim, renew, finish or give up; reap what the dead left.

Each step is one transaction of few statements over Optuna's own tables and ours, so that Optuna's dashboard and
`load_study` read what we write. Whoever writes names the lease's token; a token that has moved on means that another
worker has taken the trial over. Every step may be repeated after a broken connection: it finds its own work done.

A lease that is over is not yet lost: until somebody takes the trial over, its owner may renew or finish. While the
database is away nobody can renew, so that after its start every lease lasts once more.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage import schema
from storage.causes import Cause
from storage.database import transactional
from storage.errors import LeaseLost, StudyError
from storage.studies import Study

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_OVER = "greatest(l.expires_at, pg_postmaster_start_time() + make_interval(secs => :lease)) <= now()"


@dataclass(frozen=True)
class Claim:
    """A trial this worker may train.

    Attributes:
        trial_id, number: Optuna's.
        token: proves the ownership; counts the trial's owners.
        lease: seconds until it must be renewed.
        params: parameter values by name.
    """

    trial_id: int
    number: int
    token: int
    lease: float
    params: dict[str, Any]


@dataclass(frozen=True)
class NewTrial:
    """A draft on its way to becoming a trial.

    Attributes:
        params: value and distribution by parameter name.
        attrs: user attributes known before training.
        signature: architecture, training parameters and seed; a study trains each once.
        dropped: drafts dropped on the way to this one, by reason.
    """

    params: Mapping[str, tuple[Any, "BaseDistribution"]]
    attrs: Mapping[str, Any]
    signature: str
    dropped: Mapping[str, int] = field(default_factory=dict)


class Idle(Enum):
    """Why there is no trial to train."""

    WAIT = auto()  # every slot is taken, or the study is paused
    DONE = auto()  # the study has its N trials, or ended before
    REPEATED = auto()  # the draft has been claimed before


@dataclass(frozen=True)
class Draw:
    """A slot is free: draw a draft. `index` counts the study's draws and seeds this one."""

    index: int


@dataclass(frozen=True)
class Result:
    """What a finished trial brings.

    Attributes:
        values: the objectives, finite.
        attrs: user attributes.
        curve: rows of `schema.epochs`, those of earlier owners among them.
        label_scores: rows of `schema.label_scores`.
    """

    values: tuple[float, ...]
    attrs: Mapping[str, Any]
    curve: Sequence[Mapping[str, float]] = ()
    label_scores: Sequence[Mapping[str, Any]] = ()


@transactional
def look_for_work(session: Session, study: Study, worker: str) -> Claim | Draw | Idle:
    """A trial whose worker died or gave it back, else leave to draw, else why not.

    Raises:
        StudyError: the study is gone.
    """
    found = session.execute(_SITUATION, {"study": study.id, "lease": study.lease, "worker": worker}).one_or_none()
    if found is None:
        raise _deleted(study)
    if found.mine is not None:  # ours by a commit whose acknowledgement was lost
        return _read_claim(session, study, found.mine)
    if found.counted >= study.trials or (found.ended and not found.reserved):
        return Idle.DONE
    if found.paused:
        return Idle.WAIT
    if found.free:
        orphan = _take_over(session, study, worker)
        if orphan is not None:
            return orphan
    if found.ended or found.counted + found.reserved >= study.trials:
        return Idle.WAIT
    return Draw(session.execute(_DRAW, {"study": study.id}).scalar_one())


@transactional
def claim(session: Session, study: Study, worker: str, draft: NewTrial) -> Claim | Idle:
    """Turn a draft into a running trial with a lease; the dropped drafts before it are counted.

    Raises:
        StudyError: the study is gone.
    """
    from optuna.distributions import distribution_to_json

    locked = session.execute(_LOCK, {"study": study.id}).one_or_none()
    if locked is None:
        raise _deleted(study)
    if locked.ended or locked.paused:
        return Idle.WAIT
    made = session.execute(
        _CLAIM,
        {
            "study": study.id,
            "trials": study.trials,
            "lease": study.lease,
            "worker": worker,
            "signature": draft.signature,
            "names": list(draft.params),
            "values": [float(kind.to_internal_repr(value)) for value, kind in draft.params.values()],
            "distributions": [distribution_to_json(kind) for _, kind in draft.params.values()],
            **_attr_columns(draft.attrs),
            "reasons": list(draft.dropped),
            "counts": list(draft.dropped.values()),
        },
    ).one()
    if made.mine is not None:  # the commit came through, its acknowledgement did not
        return _read_claim(session, study, made.mine)
    if made.trial_id is None:
        return Idle.REPEATED if made.repeated else Idle.WAIT
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
    owned = session.execute(_LOCK_LEASE, _key(claim)).one_or_none()
    if owned is None:
        raise _taken_over(claim)
    session.execute(_REVIVE if owned.state == "WAITING" else _RENEW, {**_key(claim), "lease": claim.lease})
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
    done = session.execute(_FINISH, {**_key(claim), **wanted, **_attr_columns(result.attrs)}).one_or_none()
    if done is None:
        if _ended_before(session, claim):
            return
        raise _taken_over(claim)
    _write_epochs(session, claim, result.curve or epochs)
    _note_epochs(session, claim, epochs)
    if result.label_scores:
        rows = [{"trial_id": claim.trial_id, **row} for row in result.label_scores]
        session.execute(schema.label_scores.insert().values(rows))


@transactional
def give_up(session: Session, claim: Claim, cause: Cause, reason: str) -> bool:
    """End this worker's part of a trial without a result; whether the trial waits for another attempt.

    Where it has had its attempts, it ends as failed and its slot is free again.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    wanted = {
        "cause": cause.value,
        "reason": reason,
        "counts": int(cause.counts),
        "most": cause.attempts,
        **_attr_columns({"fail_reason": reason, "fail_cause": cause.value}),
    }
    state = session.execute(_GIVE_UP, {**_key(claim), **wanted}).scalar_one_or_none()
    if state is None:
        if _ended_before(session, claim):
            return True
        raise _taken_over(claim)
    return bool(state == "WAITING")


@transactional
def record_overtaken(session: Session, claim: Claim, kept: Mapping[str, Any]) -> None:
    """Write down what an owner had when it learned that another has taken the trial over."""
    session.execute(_OVERTAKEN, {**_key(claim), "kept": json.dumps(kept)})


@transactional
def reap(session: Session, study: Study) -> float | None:
    """Let trials wait whose leases are over; seconds until the next lease may be over, None without any."""
    wanted = {"study": study.id, "lease": study.lease}
    soonest: float | None = session.execute(_SOONEST, wanted).scalar_one()
    if soonest is None or soonest > 0:
        return soonest
    session.execute(_REAP, wanted)
    left: float | None = session.execute(_SOONEST, wanted).scalar_one()
    return left


@transactional
def final_tokens(session: Session, study: Study) -> dict[int, int]:
    """The token of the owner that finished each complete or pruned trial, by number."""
    return {row.number: row.token for row in session.execute(_FINAL_TOKENS, {"study": study.id})}


def _take_over(session: Session, study: Study, worker: str) -> Claim | None:
    """The first trial that waits for a new owner; those that have ended too many workers end as failed instead."""
    wanted = {"study": study.id, "lease": study.lease}
    session.execute(_REAP, wanted)
    most = Cause.LOST.attempts
    reason = f"{most} attempts ended badly, the last with its worker dead"
    failed = _attr_columns({"fail_reason": reason, "fail_cause": Cause.LOST.value})
    session.execute(_BURY, {**wanted, "most": most, **failed})
    row = session.execute(_TAKE_OVER, {**wanted, "worker": worker}).one_or_none()
    return None if row is None else _read_claim(session, study, row.trial_id)


def _read_claim(session: Session, study: Study, trial_id: int) -> Claim:
    from optuna.distributions import json_to_distribution

    row = session.execute(_READ_CLAIM, {"trial": trial_id}).one()
    params = {
        name: json_to_distribution(kind).to_external_repr(value)
        for name, value, kind in zip(row.names or [], row.values or [], row.distributions or [], strict=True)
    }
    return Claim(trial_id, row.number, row.token, study.lease, params)


def _write_epochs(session: Session, claim: Claim, epochs: Sequence[Mapping[str, float]]) -> None:
    if not epochs:
        return
    rows = insert(schema.epochs).values([{"trial_id": claim.trial_id, **row} for row in epochs])
    columns = {column.name: rows.excluded[column.name] for column in schema.epochs.c if not column.primary_key}
    key = [schema.epochs.c.trial_id, schema.epochs.c.epoch]
    session.execute(rows.on_conflict_do_update(index_elements=key, set_=columns))


def _note_epochs(session: Session, claim: Claim, epochs: Sequence[Mapping[str, float]]) -> None:
    """Which epochs this owner has trained."""
    if epochs:
        numbers = [row["epoch"] for row in epochs]
        session.execute(_NOTE_EPOCHS, {**_key(claim), "first": min(numbers), "last": max(numbers)})


def _ended_before(session: Session, claim: Claim) -> bool:
    """Whether this owner's part has ended by its own word: the repetition of a step that came through."""
    cause = session.execute(_ENDED, _key(claim)).scalar_one_or_none()
    return cause is not None and cause != Cause.LOST.value


def _key(claim: Claim) -> dict[str, int]:
    return {"trial": claim.trial_id, "token": claim.token}


def _attr_columns(attrs: Mapping[str, Any]) -> dict[str, list[str]]:
    return {"keys": list(attrs), "contents": [json.dumps(value) for value in attrs.values()]}


def _deleted(study: Study) -> StudyError:
    return StudyError(f"the study {study.name!r} was deleted; its workers end here")


def _taken_over(claim: Claim) -> LeaseLost:
    return LeaseLost(f"trial {claim.number} was taken over by another worker; this one's part of it no longer counts")


# A trial waits where its slot is reserved and either nobody owns it or its owner's lease is over.
_SITUATION = text(f"""
SELECT s.ended, s.paused,
       count(*) FILTER (WHERE l.slot = 'reserved') AS reserved,
       count(*) FILTER (WHERE l.slot = 'counted') AS counted,
       count(*) FILTER (WHERE l.slot = 'reserved' AND (l.expires_at IS NULL OR {_OVER})) AS free,
       max(l.trial_id) FILTER (WHERE l.slot = 'reserved' AND l.worker = :worker AND l.expires_at > now()) AS mine
  FROM ecgscale.study_settings s LEFT JOIN ecgscale.leases l USING (study_id)
 WHERE s.study_id = :study GROUP BY s.study_id
""")

_DRAW = text("UPDATE ecgscale.study_settings SET drawn = drawn + 1 WHERE study_id = :study RETURNING drawn")

# Optuna's row, as its own clients lock it before they give out a number; ours would hold up those that draw.
_LOCK = text("""
SELECT s.ended, s.paused FROM studies p JOIN ecgscale.study_settings s USING (study_id)
 WHERE p.study_id = :study FOR NO KEY UPDATE OF p
""")

# One statement, because every round trip under the lock keeps all other workers waiting. Its snapshot is younger than
# the lock.
_CLAIM = text("""
WITH room AS (
  SELECT (SELECT count(*) FROM trials WHERE study_id = :study) AS number,
         count(*) FILTER (WHERE slot <> 'returned') AS taken,
         coalesce(bool_or(signature = :signature), false) AS repeated,
         max(trial_id) FILTER (WHERE signature = :signature AND worker = :worker AND slot = 'reserved') AS mine
    FROM ecgscale.leases WHERE study_id = :study
), trial AS (
  INSERT INTO trials (study_id, number, state, datetime_start)
  SELECT :study, number, 'RUNNING', now() AT TIME ZONE 'utc' FROM room WHERE taken < :trials AND NOT repeated
  RETURNING trial_id
), params AS (
  INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
  SELECT trial_id, name, value, distribution FROM trial,
         unnest(CAST(:names AS text[]), CAST(:values AS float8[]), CAST(:distributions AS text[]))
         WITH ORDINALITY AS p(name, value, distribution, place) ORDER BY place
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM trial,
         unnest(CAST(:keys AS text[]), CAST(:contents AS text[])) WITH ORDINALITY AS a(key, content, place)
  ORDER BY place
), attempt AS (
  INSERT INTO ecgscale.attempts (trial_id, token, worker) SELECT trial_id, 1, :worker FROM trial
), lease AS (
  INSERT INTO ecgscale.leases (trial_id, study_id, worker, token, expires_at, signature)
  SELECT trial_id, :study, :worker, 1, clock_timestamp() + make_interval(secs => :lease), :signature FROM trial
), drafts AS (
  INSERT INTO ecgscale.drafts AS d (study_id, reason, count)
  SELECT :study, reason, count FROM trial,
         unnest(CAST(:reasons AS text[]), CAST(:counts AS integer[])) AS n(reason, count)
  ON CONFLICT (study_id, reason) DO UPDATE SET count = d.count + excluded.count
)
SELECT room.*, trial.trial_id FROM room LEFT JOIN trial ON true
""")

_READ_CLAIM = text("""
SELECT t.number, l.token, p.*
  FROM trials t JOIN ecgscale.leases l USING (trial_id),
       LATERAL (SELECT array_agg(param_name ORDER BY param_id) AS names,
                       array_agg(param_value ORDER BY param_id) AS values,
                       array_agg(distribution_json ORDER BY param_id) AS distributions
                  FROM trial_params WHERE trial_id = t.trial_id) p
 WHERE t.trial_id = :trial
""")

_LOCK_LEASE = text("""
SELECT t.state FROM ecgscale.leases l JOIN trials t USING (trial_id)
 WHERE l.trial_id = :trial AND l.token = :token AND l.slot = 'reserved' AND l.expires_at IS NOT NULL
   FOR UPDATE
""")

_RENEW = text("""
UPDATE ecgscale.leases SET expires_at = now() + make_interval(secs => :lease)
 WHERE trial_id = :trial AND token = :token
""")

_REVIVE = text("""
WITH lease AS (
  UPDATE ecgscale.leases SET expires_at = now() + make_interval(secs => :lease), failures = failures - 1
   WHERE trial_id = :trial AND token = :token
), attempt AS (
  UPDATE ecgscale.attempts SET ended_at = NULL, cause = NULL WHERE trial_id = :trial AND token = :token
)
UPDATE trials SET state = 'RUNNING' WHERE trial_id = :trial
""")

_NOTE_EPOCHS = text("""
UPDATE ecgscale.attempts
   SET saved_at = now(), first_epoch = coalesce(first_epoch, :first), last_epoch = greatest(last_epoch, :last)
 WHERE trial_id = :trial AND token = :token
""")


def _ending(*, slot: str, attempt: str, state: str, attrs: str) -> TextClause:
    """A statement by which an owner ends its part: lease, attempt, attributes and trial at once, or nothing at all."""
    return text(f"""
WITH held AS (
  UPDATE ecgscale.leases SET expires_at = NULL, {slot}
   WHERE trial_id = :trial AND token = :token AND slot = 'reserved' AND expires_at IS NOT NULL
  RETURNING trial_id, slot
), attempt AS (
  UPDATE ecgscale.attempts a SET ended_at = now(), {attempt}
    FROM held WHERE a.trial_id = held.trial_id AND a.token = :token
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM held,
         unnest(CAST(:keys AS text[]), CAST(:contents AS text[])) WITH ORDINALITY AS a(key, content, place)
   WHERE {attrs} ORDER BY place
  ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json
){state}
RETURNING t.state
""")


_FINISH = _ending(
    slot="slot = 'counted'",
    attempt="cause = 'finished'",
    attrs="true",
    state=""", results AS (
  INSERT INTO trial_values (trial_id, objective, value, value_type)
  SELECT trial_id, place - 1, value, CAST(kind AS trialvaluetype) FROM held,
         unnest(CAST(:values AS float8[]), CAST(:kinds AS text[])) WITH ORDINALITY AS v(value, kind, place)
)
UPDATE trials t SET state = 'COMPLETE', datetime_complete = now() AT TIME ZONE 'utc'
  FROM held WHERE t.trial_id = held.trial_id""",
)

_GIVE_UP = _ending(
    slot="""failures = failures + :counts,
         slot = CASE WHEN failures + :counts >= CAST(:most AS integer) THEN 'returned' ELSE 'reserved' END""",
    attempt="cause = :cause, reason = :reason, saved_at = CASE :counts WHEN 0 THEN now() ELSE saved_at END",
    attrs="held.slot = 'returned'",
    state="""
UPDATE trials t
   SET state = CASE held.slot WHEN 'returned' THEN CAST('FAIL' AS trialstate) ELSE 'WAITING' END,
       datetime_complete = CASE held.slot WHEN 'returned' THEN now() AT TIME ZONE 'utc' END
  FROM held WHERE t.trial_id = held.trial_id""",
)

_ENDED = text("SELECT cause FROM ecgscale.attempts WHERE trial_id = :trial AND token = :token")

_FINAL_TOKENS = text("""
SELECT t.number, l.token FROM ecgscale.leases l JOIN trials t USING (trial_id)
 WHERE l.study_id = :study AND l.slot = 'counted'
""")

_OVERTAKEN = text("""
UPDATE ecgscale.attempts SET kept = CAST(:kept AS jsonb) WHERE trial_id = :trial AND token = :token
""")

# Only running trials: one that waits is not watched any more.
_SOONEST = text("""
SELECT CAST(extract(epoch FROM min(greatest(l.expires_at,
                                            pg_postmaster_start_time() + make_interval(secs => :lease)) - now()))
            AS float8)
  FROM ecgscale.leases l JOIN trials t USING (trial_id)
 WHERE l.study_id = :study AND l.slot = 'reserved' AND t.state = 'RUNNING' AND l.expires_at IS NOT NULL
""")

# An owner that is just renewing or finishing holds the row's lock and keeps its trial. Both rows are locked, so that
# a second reaper sees that the first was there.
_REAP = text(f"""
WITH expired AS (
  SELECT l.trial_id, l.token, l.expires_at FROM ecgscale.leases l JOIN trials t USING (trial_id)
   WHERE l.study_id = :study AND l.slot = 'reserved' AND t.state = 'RUNNING' AND {_OVER}
     FOR UPDATE SKIP LOCKED
), lease AS (
  UPDATE ecgscale.leases l SET failures = failures + 1 FROM expired e WHERE l.trial_id = e.trial_id
), attempt AS (
  UPDATE ecgscale.attempts a SET cause = 'lost', ended_at = e.expires_at - make_interval(secs => :lease)
    FROM expired e WHERE a.trial_id = e.trial_id AND a.token = e.token
)
UPDATE trials t SET state = 'WAITING' FROM expired e WHERE t.trial_id = e.trial_id
""")

_ORPHANS = f"""
  SELECT l.trial_id FROM ecgscale.leases l JOIN trials t USING (trial_id)
   WHERE l.study_id = :study AND l.slot = 'reserved' AND t.state = 'WAITING' AND (l.expires_at IS NULL OR {_OVER})
"""

_BURY = text(f"""
WITH worn AS ({_ORPHANS} AND l.failures >= :most FOR UPDATE SKIP LOCKED
), lease AS (
  UPDATE ecgscale.leases l SET expires_at = NULL, slot = 'returned' FROM worn WHERE l.trial_id = worn.trial_id
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM worn, unnest(CAST(:keys AS text[]), CAST(:contents AS text[])) AS a(key, content)
)
UPDATE trials t SET state = 'FAIL', datetime_complete = now() AT TIME ZONE 'utc'
  FROM worn WHERE t.trial_id = worn.trial_id
""")

# One that failed in this worker's own hands comes last: another may fare better with it.
_TAKE_OVER = text(f"""
WITH orphan AS ({_ORPHANS} ORDER BY l.worker = :worker, t.number LIMIT 1 FOR UPDATE SKIP LOCKED
), owned AS (
  UPDATE ecgscale.leases l
     SET worker = :worker, token = token + 1, expires_at = now() + make_interval(secs => :lease)
    FROM orphan WHERE l.trial_id = orphan.trial_id RETURNING l.trial_id, l.token
), attempt AS (
  INSERT INTO ecgscale.attempts (trial_id, token, worker) SELECT trial_id, token, :worker FROM owned
)
UPDATE trials t SET state = 'RUNNING' FROM owned WHERE t.trial_id = owned.trial_id RETURNING t.trial_id
""")
