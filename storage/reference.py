"""The reference point of a study's hypervolume, kept with the study so that its reports can be compared."""

import json
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import transactional
from storage.studies import Study

_KEY = "hypervolume_reference"  # a study attribute of Optuna's: its dashboard shows it


@transactional
def stored_reference(session: Session, study: Study) -> tuple[float, ...] | None:
    """What the study's first report took; None before it."""
    found = session.execute(_READ, {"study": study.id, "key": _KEY}).scalar_one_or_none()
    return None if found is None else tuple(float(at) for at in json.loads(found))


@transactional
def keep_reference(session: Session, study: Study, reference: Sequence[float]) -> None:
    """Keep `reference`, in the order of the objectives, in the place of an older one."""
    session.execute(_WRITE, {"study": study.id, "key": _KEY, "value": json.dumps(list(reference))})


_READ = text("SELECT value_json FROM study_user_attributes WHERE study_id = :study AND key = :key")
_WRITE = text("""
INSERT INTO study_user_attributes (study_id, key, value_json) VALUES (:study, :key, :value)
ON CONFLICT (study_id, key) DO UPDATE SET value_json = excluded.value_json
""")
