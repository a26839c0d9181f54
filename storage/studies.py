"""Studies: made once, read by every worker."""

import difflib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from storage import schema
from storage.database import Database
from storage.errors import StudyError

OBJECTIVES = ("balanced_accuracy", "flops")
DIRECTIONS = ("maximize", "minimize")


@dataclass(frozen=True)
class Study:
    """A study as created.

    Attributes:
        id, name: Optuna's.
        key: names its folders, the same wherever the study lives.
        trials: N, the number of complete and pruned trials it asks for.
        config: what `search` was told at creation (space, store, training).
    """

    id: int
    name: str
    key: str
    trials: int
    config: dict[str, Any]


@dataclass(frozen=True)
class Progress:
    """How far a study is.

    Attributes:
        states: trials by Optuna's state name, lower case; one whose worker's lease is over counts as waiting.
        active: running trials by worker, leases not expired.
        finished_by: complete trials by worker.
        drafts: dropped drafts by reason.
        best: the best first objective so far.
        ended: why it ends before N, if it does.
    """

    states: dict[str, int]
    active: dict[str, int]
    finished_by: dict[str, int]
    drafts: dict[str, int]
    best: float | None
    ended: str | None

    @property
    def counted(self) -> int:
        """Trials that count towards N."""
        return self.states.get("complete", 0) + self.states.get("pruned", 0)


def create_study(database: Database, name: str, trials: int, config: dict[str, Any]) -> Study:
    """Create the study `name`; it exists whole or not at all.

    Raises:
        StudyError: the name is taken.
    """
    from optuna.storages._rdb.models import StudyDirectionModel, StudyModel, StudySystemAttributeModel
    from optuna.study import StudyDirection
    from sqlalchemy.exc import IntegrityError

    study = StudyModel(
        study_name=name,
        directions=[
            StudyDirectionModel(objective=i, direction=StudyDirection[direction.upper()])
            for i, direction in enumerate(DIRECTIONS)
        ],
    )
    key = uuid.uuid4().hex
    try:
        with database.transaction() as session:
            session.add(study)
            session.flush()
            session.add(  # what Optuna's `set_metric_names` writes; its dashboard labels the axes with it
                StudySystemAttributeModel(
                    study_id=study.study_id, key="study:metric_names", value_json=json.dumps(OBJECTIVES)
                )
            )
            session.execute(
                schema.study_settings.insert().values(study_id=study.study_id, key=key, trials=trials, config=config)
            )
    except IntegrityError as error:
        raise StudyError(f"a study named {name!r} exists already; choose another name") from error
    return find_study(database, name)


def find_study(database: Database, name: str) -> Study:
    """The study `name`.

    Raises:
        StudyError: there is none, or it was made by another program.
    """
    from optuna.storages._rdb.models import StudyModel

    query = (
        select(
            StudyModel.study_id,
            schema.study_settings.c.key,
            schema.study_settings.c.trials,
            schema.study_settings.c.config,
        )
        .outerjoin(schema.study_settings, schema.study_settings.c.study_id == StudyModel.study_id)
        .where(StudyModel.study_name == name)
    )
    with database.transaction() as session:
        row = session.execute(query).one_or_none()
        names = [] if row else list(session.scalars(select(StudyModel.study_name)))
    if row is None:
        near = difflib.get_close_matches(name, names, n=1)
        remedy = f"did you mean {near[0]}?" if near else "`ecgscale study list` shows those there are"
        raise StudyError(f"no study named {name!r} in {database.shown}; {remedy}")
    if row.key is None:
        raise StudyError(f"the study {name!r} was not made by ecgscale; make one with `ecgscale study create`")
    return Study(id=row.study_id, name=name, key=row.key, trials=row.trials, config=row.config)


def list_studies(database: Database) -> list[Study]:
    """All studies made by ecgscale, oldest first."""
    from optuna.storages._rdb.models import StudyModel

    query = (
        select(StudyModel.study_name, schema.study_settings)
        .join(schema.study_settings, schema.study_settings.c.study_id == StudyModel.study_id)
        .order_by(StudyModel.study_id)
    )
    with database.transaction() as session:
        rows = session.execute(query).all()
    return [
        Study(id=row.study_id, name=row.study_name, key=row.key, trials=row.trials, config=row.config) for row in rows
    ]


def progress(database: Database, study: Study) -> Progress:
    """Counts of a study's trials, workers and drafts."""
    from optuna.storages._rdb.models import TrialModel, TrialValueModel
    from optuna.trial import TrialState

    lease, trial = schema.leases.c, TrialModel
    by_worker = (
        select(lease.worker, trial.state, func.count())
        .join(trial, trial.trial_id == lease.trial_id)
        .where(lease.study_id == study.id, (lease.expires_at.is_(None)) | (lease.expires_at > func.now()))
        .group_by(lease.worker, trial.state)
    )
    states = select(trial.state, func.count()).where(trial.study_id == study.id).group_by(trial.state)
    best = (
        select(func.max(TrialValueModel.value))
        .join(trial, trial.trial_id == TrialValueModel.trial_id)
        .where(trial.study_id == study.id, trial.state == TrialState.COMPLETE, TrialValueModel.objective == 0)
    )
    with database.transaction() as session:
        best_value = session.scalar(best)
        counted = {state.name.lower(): count for state, count in session.execute(states)}
        workers = session.execute(by_worker).all()
        drafts = session.execute(
            select(schema.drafts.c.reason, schema.drafts.c["count"]).where(schema.drafts.c.study_id == study.id)
        ).all()
        ended = session.scalar(
            select(schema.study_settings.c.ended).where(schema.study_settings.c.study_id == study.id)
        )
    active = {worker: n for worker, state, n in workers if state == TrialState.RUNNING}
    orphans = counted.get("running", 0) - sum(active.values())
    if orphans:
        counted |= {"running": sum(active.values()), "waiting": counted.get("waiting", 0) + orphans}
    return Progress(
        states={state: count for state, count in counted.items() if count},
        active=active,
        finished_by={worker: n for worker, state, n in workers if state == TrialState.COMPLETE},
        drafts=dict(drafts),
        best=best_value,
        ended=ended,
    )


def end_study(database: Database, study: Study, why: str) -> None:
    """Record why a study ends before N; workers stop drawing."""
    with database.transaction() as session:
        session.execute(
            schema.study_settings.update().where(schema.study_settings.c.study_id == study.id).values(ended=why)
        )
