"""Leaving a finished trial out of everything that is concluded from a study."""

import json

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import transactional
from storage.errors import StudyError
from storage.studies import Study
from storage.trials import no_such_trial


@transactional
def exclude_trial(session: Session, study: Study, number: int, why: str) -> None:
    """Make a finished trial one that failed, in the eyes of everybody who reads the study.

    Its values stay as an attribute. Its slot is free again, and so is its architecture; a study that ended because its
    space had nothing left goes on.

    Raises:
        StudyError: there is no such trial, or it is not finished.
    """
    named = {"study": study.id, "number": number}
    found = session.execute(_STATE, named).one_or_none()
    if found is None:
        raise no_such_trial(session, study, number)
    if found.excluded is not None:
        raise StudyError(f"trial {number} of {study.name} is excluded already: {found.excluded}")
    if found.state not in ("COMPLETE", "PRUNED"):
        state = "failed" if found.state == "FAIL" else found.state.lower()
        raise StudyError(
            f"trial {number} of {study.name} is {state}, and only complete or stopped ones can be excluded"
        )
    session.execute(_EXCLUDE, {**named, "why": why, "why_json": json.dumps(why)})


_STATE = text("""
SELECT t.state, l.excluded FROM trials t LEFT JOIN ecgscale.leases l USING (trial_id)
 WHERE t.study_id = :study AND t.number = :number FOR UPDATE OF t
""")
_EXCLUDE = text("""
WITH trial AS (
  UPDATE trials SET state = 'FAIL' WHERE study_id = :study AND number = :number RETURNING trial_id
), lease AS (
  UPDATE ecgscale.leases l SET slot = 'returned', signature = NULL, excluded = :why
    FROM trial WHERE l.trial_id = trial.trial_id
), study AS (
  UPDATE ecgscale.study_settings SET ended = NULL WHERE study_id = :study
), results AS (
  DELETE FROM trial_values v USING trial WHERE v.trial_id = trial.trial_id RETURNING v.objective, v.value
)
INSERT INTO trial_user_attributes (trial_id, key, value_json)
SELECT trial_id, key, value FROM trial, LATERAL (VALUES
  ('excluded', :why_json),
  ('excluded_values', (SELECT CAST(coalesce(json_agg(value ORDER BY objective), '[]') AS text) FROM results))
) AS attrs(key, value)
""")
