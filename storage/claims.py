"""The life of a trial in the database: look for work, claim, renew, finish or fail, hand back.

Each step is one transaction. A claim writes the trial, its parameters and its lease at once, over Optuna's own
tables, so that its dashboard and `load_study` read what we write. Whoever writes names the lease's token; a token
that has moved on means that another worker has taken the trial over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage import schema
from storage.database import Database
from storage.errors import LeaseLost, StudyError
from storage.studies import Study

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

LEASE = timedelta(seconds=60)
MAX_DEATHS = 3  # a trial that ends its workers one after the other must not end them all


@dataclass(frozen=True)
class Claim:
    """A trial this worker may train.

    Attributes:
        trial_id, number: Optuna's.
        token: proves the ownership; counts the trial's owners.
        params: parameter values by name.
    """

    trial_id: int
    number: int
    token: int
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

    WAIT = auto()  # every slot is taken; one may come free
    DONE = auto()  # the study has its N trials, or ended before
    REPEATED = auto()  # the draft has been claimed before


@dataclass(frozen=True)
class Draw:
    """A slot is free: draw a draft. `index` counts the study's draws and seeds this one."""

    index: int


def look_for_work(database: Database, study: Study, worker: str) -> Claim | Draw | Idle:
    """A trial whose worker died, else leave to draw, else why not."""
    with database.transaction() as session:
        room = _room(session, study)
        if isinstance(room, Idle) and room is Idle.DONE:
            return room
        orphan = _take_over(session, study, worker)
        if orphan is not None:
            return orphan
        if isinstance(room, Idle):
            return room
        drawn = session.scalar(
            schema.study_settings.update()
            .where(schema.study_settings.c.study_id == study.id)
            .values(drawn=schema.study_settings.c.drawn + 1)
            .returning(schema.study_settings.c.drawn)
        )
        assert drawn is not None
        return Draw(drawn)


def claim(database: Database, study: Study, worker: str, draft: NewTrial) -> Claim | Idle:
    """Turn a draft into a running trial with a lease; the dropped drafts before it are counted."""
    with database.transaction() as session:
        room = _room(session, study)
        if isinstance(room, Idle):
            return room
        if _is_taken(session, study, draft.signature):
            return Idle.REPEATED
        trial_id, number = _insert_trial(session, study, draft)
        _count_drafts(session, study, draft.dropped)
        session.execute(
            schema.leases.insert().values(
                trial_id=trial_id,
                study_id=study.id,
                worker=worker,
                token=1,
                expires_at=func.now() + LEASE,
                signature=draft.signature,
            )
        )
        return Claim(trial_id, number, token=1, params={name: value for name, (value, _) in draft.params.items()})


def count_drafts(database: Database, study: Study, dropped: Mapping[str, int]) -> None:
    """Count dropped drafts that led to no trial."""
    with database.transaction() as session:
        _count_drafts(session, study, dropped)


def renew(database: Database, claim: Claim, epoch: Mapping[str, float] | None = None) -> None:
    """Keep the lease, and write a row of the learning curve with it.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    with database.transaction() as session:
        _hold(session, claim, expires_at=func.now() + LEASE)
        if epoch is not None:
            row = insert(schema.epochs).values(trial_id=claim.trial_id, **epoch)
            key = [schema.epochs.c.trial_id, schema.epochs.c.epoch]
            session.execute(row.on_conflict_do_update(index_elements=key, set_=dict(epoch)))


def finish(
    database: Database,
    claim: Claim,
    values: tuple[float, float],
    attrs: Mapping[str, Any],
    label_scores: list[dict[str, Any]],
) -> None:
    """Write a trial's result: objectives, attributes, per-label scores.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    from optuna.storages._rdb.models import TrialValueModel
    from optuna.trial import TrialState

    with database.transaction() as session:
        _hold(session, claim, expires_at=None)
        for objective, value in enumerate(values):
            stored, kind = TrialValueModel.value_to_stored_repr(value)
            session.add(TrialValueModel(trial_id=claim.trial_id, objective=objective, value=stored, value_type=kind))
        _write_attrs(session, claim.trial_id, attrs)
        if label_scores:
            session.execute(schema.label_scores.insert(), [{"trial_id": claim.trial_id, **row} for row in label_scores])
        _end_trial(session, claim.trial_id, TrialState.COMPLETE)


def fail(database: Database, claim: Claim, why: str) -> None:
    """Give the trial up for good; its slot is free again.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    from optuna.trial import TrialState

    with database.transaction() as session:
        _hold(session, claim, expires_at=None)
        _write_attrs(session, claim.trial_id, {"fail_reason": why})
        _end_trial(session, claim.trial_id, TrialState.FAIL)


def hand_back(database: Database, claim: Claim) -> None:
    """Let the trial wait under its number, so that whoever looks next goes on with it.

    Raises:
        LeaseLost: another worker has taken the trial over.
    """
    from optuna.trial import TrialState

    with database.transaction() as session:
        _hold(session, claim, expires_at=func.now())
        _set_state(session, claim.trial_id, TrialState.WAITING)


def _room(session: Session, study: Study) -> Idle | None:
    """None while a slot is free. Locks the study's row, so that slots are counted exactly."""
    from optuna.storages._rdb.models import TrialModel
    from optuna.trial import TrialState

    settings = session.execute(
        select(schema.study_settings.c.ended).where(schema.study_settings.c.study_id == study.id).with_for_update()
    ).one_or_none()
    if settings is None:
        raise StudyError(f"the study {study.name!r} was deleted; its workers end here")
    (ended,) = settings
    counts = session.execute(
        select(TrialModel.state, func.count()).where(TrialModel.study_id == study.id).group_by(TrialModel.state)
    )
    states: dict[Any, int] = {state: count for state, count in counts}  # noqa: C416 - rows are not pairs to mypy
    counted = states.get(TrialState.COMPLETE, 0) + states.get(TrialState.PRUNED, 0)
    unfinished = states.get(TrialState.RUNNING, 0) + states.get(TrialState.WAITING, 0)
    if counted >= study.trials or (ended and not unfinished):
        return Idle.DONE
    return Idle.WAIT if ended or counted + unfinished >= study.trials else None


def _take_over(session: Session, study: Study, worker: str) -> Claim | None:
    """The trial that waits longest for a new owner; one that has ended MAX_DEATHS workers ends as failed instead."""
    from optuna.storages._rdb.models import TrialModel
    from optuna.trial import TrialState

    lease = schema.leases.c
    expired = (
        select(lease.trial_id, lease.token, lease.deaths, TrialModel.state)
        .join(TrialModel, TrialModel.trial_id == lease.trial_id)
        .where(lease.study_id == study.id, lease.expires_at <= func.now())
        .order_by(lease.expires_at)
        .with_for_update(of=schema.leases, skip_locked=True)  # an owner that is just finishing keeps its trial
    )
    for trial_id, token, deaths_before, state in session.execute(expired).all():
        deaths = deaths_before + (state == TrialState.RUNNING)
        mine = schema.leases.update().where(lease.trial_id == trial_id)
        if deaths < MAX_DEATHS:
            owned = {"worker": worker, "token": token + 1, "deaths": deaths, "expires_at": func.now() + LEASE}
            session.execute(mine.values(owned))
            _set_state(session, trial_id, TrialState.RUNNING)
            return _read_claim(session, trial_id, token + 1)
        session.execute(mine.values(expires_at=None, deaths=deaths))
        _write_attrs(session, trial_id, {"fail_reason": f"{deaths} workers died while training it"})
        _end_trial(session, trial_id, TrialState.FAIL)
    return None


def _insert_trial(session: Session, study: Study, draft: NewTrial) -> tuple[int, int]:
    """A running trial as Optuna would write it; its id and number. Needs the lock that `_room` takes."""
    from optuna.storages._rdb.models import TrialModel
    from optuna.trial import TrialState

    number = session.scalar(select(func.count()).select_from(TrialModel).where(TrialModel.study_id == study.id)) or 0
    trial: Any = TrialModel(study_id=study.id, number=number, state=TrialState.RUNNING, datetime_start=datetime.now())
    session.add(trial)
    session.flush()
    session.add_all(_param_rows(trial.trial_id, draft.params))
    _write_attrs(session, trial.trial_id, draft.attrs)
    return trial.trial_id, number


def _read_claim(session: Session, trial_id: int, token: int) -> Claim:
    from optuna.distributions import json_to_distribution
    from optuna.storages._rdb.models import TrialModel, TrialParamModel

    number = session.scalar(select(TrialModel.number).where(TrialModel.trial_id == trial_id))
    rows: Any = session.scalars(
        select(TrialParamModel).where(TrialParamModel.trial_id == trial_id).order_by(TrialParamModel.param_id)
    )
    params = {
        row.param_name: json_to_distribution(row.distribution_json).to_external_repr(row.param_value) for row in rows
    }
    return Claim(trial_id, int(number or 0), token, params)


def _is_taken(session: Session, study: Study, signature: str) -> bool:
    lease = schema.leases.c
    query = select(lease.trial_id).where(lease.study_id == study.id, lease.signature == signature)
    return session.execute(query).first() is not None


def _hold(session: Session, claim: Claim, *, expires_at: Any) -> None:
    """Set the lease's expiry if it is still ours."""
    lease = schema.leases.c
    ours = session.execute(
        schema.leases.update()
        .where(lease.trial_id == claim.trial_id, lease.token == claim.token, lease.expires_at.is_not(None))
        .values(expires_at=expires_at)
    )
    if ours.rowcount == 0:  # type: ignore[attr-defined]
        raise LeaseLost(f"trial {claim.number} was taken over by another worker; this one's part of it is dropped")


def _end_trial(session: Session, trial_id: int, state: Any) -> None:
    _set_state(session, trial_id, state).datetime_complete = datetime.now()


def _set_state(session: Session, trial_id: int, state: Any) -> Any:
    from optuna.storages._rdb.models import TrialModel

    trial = session.get_one(TrialModel, trial_id)
    trial.state = state
    return trial


def _param_rows(trial_id: int, params: Mapping[str, tuple[Any, "BaseDistribution"]]) -> list[Any]:
    from optuna.distributions import distribution_to_json
    from optuna.storages._rdb.models import TrialParamModel

    return [
        TrialParamModel(
            trial_id=trial_id,
            param_name=name,
            param_value=distribution.to_internal_repr(value),
            distribution_json=distribution_to_json(distribution),
        )
        for name, (value, distribution) in params.items()
    ]


def _write_attrs(session: Session, trial_id: int, attrs: Mapping[str, Any]) -> None:
    from optuna.storages._rdb.models import TrialUserAttributeModel

    session.add_all(
        TrialUserAttributeModel(trial_id=trial_id, key=key, value_json=json.dumps(value))
        for key, value in attrs.items()
    )


def _count_drafts(session: Session, study: Study, dropped: Mapping[str, int]) -> None:
    for reason, count in dropped.items():
        row = insert(schema.drafts).values(study_id=study.id, reason=reason, count=count)
        key = [schema.drafts.c.study_id, schema.drafts.c.reason]
        session.execute(row.on_conflict_do_update(index_elements=key, set_={"count": schema.drafts.c["count"] + count}))
