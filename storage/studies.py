"""Studies: made once, read by every worker, paused and resumed by people."""

import difflib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from storage import schema
from storage.database import Database, transactional
from storage.drafts import count_drafts
from storage.errors import StudyError

OBJECTIVES = ("balanced_accuracy", "flops")
DIRECTIONS = ("maximize", "minimize")

_settings = schema.study_settings


@dataclass(frozen=True)
class Terms:
    """What a study asks of its workers.

    Attributes:
        trials: N, the number of complete and stopped trials at the end.
        lease: seconds that a worker may be silent before its trial is given to another.
        artifacts: where checkpoints and networks lie, a folder that all workers see or s3://BUCKET/PREFIX; None for
            the home of each machine.
    """

    trials: int
    lease: float = 60.0
    artifacts: str | None = None


@dataclass(frozen=True)
class Study:
    """A study as created.

    Attributes:
        id, name: Optuna's.
        key: names its folders, the same wherever the study lives.
        terms: what it asks of its workers.
        config: what `search` was told at creation (space, store, training).
    """

    id: int
    name: str
    key: str
    terms: Terms
    config: dict[str, Any]

    @property
    def trials(self) -> int:
        return self.terms.trials

    @property
    def lease(self) -> float:
        return self.terms.lease


def create_study(database: Database, name: str, terms: Terms, config: dict[str, Any]) -> Study:
    """Create the study `name`; it exists whole or not at all.

    Raises:
        StudyError: the name is taken.
    """
    key = uuid.uuid4().hex
    row = {"key": key, "config": config, **asdict(terms)}
    try:
        database.run(lambda session: _insert(session, name, row))
    except IntegrityError as error:
        raise StudyError(
            f"a study named {name!r} exists already; go on with it by `ecgscale launch`, or choose another name"
        ) from error
    return find_study(database, name)


def _insert(session: Session, name: str, row: Mapping[str, Any]) -> None:
    from optuna.storages._rdb.models import StudyDirectionModel, StudyModel, StudySystemAttributeModel
    from optuna.study import StudyDirection

    study = StudyModel(
        study_name=name,
        directions=[
            StudyDirectionModel(objective=i, direction=StudyDirection[direction.upper()])
            for i, direction in enumerate(DIRECTIONS)
        ],
    )
    session.add(study)
    session.flush()
    session.add(  # what Optuna's `set_metric_names` writes; its dashboard labels the axes with it
        StudySystemAttributeModel(study_id=study.study_id, key="study:metric_names", value_json=json.dumps(OBJECTIVES))
    )
    session.execute(_settings.insert().values(study_id=study.study_id, **row))


def find_study(database: Database, name: str) -> Study:
    """The study `name`.

    Raises:
        StudyError: there is none, or it was made by another program.
    """
    from optuna.storages._rdb.models import StudyModel

    def look(session: Session) -> tuple[Any, list[str]]:
        row = session.execute(_select(outer=True).where(StudyModel.study_name == name)).one_or_none()
        return row, [] if row else list(session.scalars(select(StudyModel.study_name)))

    row, names = database.run(look)
    if row is None:
        near = difflib.get_close_matches(name, names, n=1)
        remedy = f"did you mean {near[0]}?" if near else "`ecgscale study list` shows those there are"
        raise StudyError(f"no study named {name!r} in {database.shown}; {remedy}")
    if row.key is None:
        raise StudyError(f"the study {name!r} was not made by ecgscale; make one with `ecgscale study create`")
    return _study(row)


@transactional
def has_study(session: Session, name: str) -> bool:
    """Whether the name is taken, by whichever program."""
    from optuna.storages._rdb.models import StudyModel

    return session.scalar(select(StudyModel.study_id).where(StudyModel.study_name == name)) is not None


@transactional
def list_studies(session: Session) -> list[Study]:
    """All studies made by ecgscale, oldest first."""
    return [_study(row) for row in session.execute(_select(outer=False).order_by(_settings.c.study_id))]


@transactional
def end_study(session: Session, study: Study, why: str, dropped: Mapping[str, int]) -> None:
    """Record why a study ends before N, and the drafts whose drop shows it; workers stop drawing."""
    ended = session.execute(
        _settings.update()
        .where(_settings.c.study_id == study.id, _settings.c.ended.is_(None))
        .values(ended=why)
        .returning(_settings.c.study_id)
    )
    if ended.one_or_none():  # whoever comes second, or repeats itself, counts nothing twice
        count_drafts(session, study.id, dropped)


@transactional
def set_paused(session: Session, study: Study, paused: bool) -> None:
    """Let workers take no trial before the study is resumed; those that run go on to their end."""
    session.execute(_settings.update().where(_settings.c.study_id == study.id).values(paused=paused))


def _select(*, outer: bool) -> Select[Any]:
    from optuna.storages._rdb.models import StudyModel

    own = [_settings.c[name] for name in ("key", "trials", "config", "lease", "artifacts")]
    joined = _settings.c.study_id == StudyModel.study_id
    return select(StudyModel.study_id, StudyModel.study_name, *own).join(_settings, joined, isouter=outer)


def _study(row: Any) -> Study:
    return Study(
        id=row.study_id,
        name=row.study_name,
        key=row.key,
        terms=Terms(row.trials, row.lease, row.artifacts),
        config=row.config,
    )
