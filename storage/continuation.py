"""Going on with trials that were stopped early."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage import lease_statements
from storage.database import transactional
from storage.errors import StudyError
from storage.studies import Study
from storage.trials import no_such_trial


@transactional
def continue_trials(session: Session, study: Study, numbers: Sequence[int]) -> dict[int, int]:
    """Let stopped trials go on as new ones, which wait for any worker; the new numbers by the old. All, or none.

    The new trial has the parameters and the attributes of the old, goes on from its checkpoint, is never stopped again,
    and takes its signature: the old stays as it is, and N grows by one.

    Raises:
        StudyError: there is no such trial, or it was not stopped, or goes on already.
    """
    session.execute(lease_statements.LOCK, {"study": study.id})
    found = {number: _find_stopped(session, study, number) for number in numbers}
    return {number: _continue(session, study, number, old) for number, old in found.items()}


def _continue(session: Session, study: Study, number: int, old: Any) -> int:
    named = {"study": study.id, "number": number, "old": old.trial_id}
    session.execute(_RELEASE_SIGNATURE, named)  # before the new trial takes it: a study has each once
    new: int = session.execute(_CONTINUE, {**named, "signature": old.signature}).scalar_one()
    return new


def _find_stopped(session: Session, study: Study, number: int) -> Any:
    """The row of a trial that can go on.

    Raises:
        StudyError: it cannot.
    """
    named = {"study": study.id, "number": number}
    old = session.execute(_OLD, named).one_or_none()
    if old is None:
        raise no_such_trial(session, study, number)
    if old.continued_as is not None:
        raise StudyError(f"trial {number} of {study.name} goes on already, as trial {old.continued_as}")
    if old.state != "PRUNED":
        state = "failed" if old.state == "FAIL" else old.state.lower()
        raise StudyError(f"trial {number} of {study.name} is {state}, and only one that was stopped early can go on")
    return old


_OLD = text("""
SELECT t.trial_id, CAST(t.state AS text) AS state, l.signature,
       (SELECT max(n.number) FROM trials n JOIN trial_user_attributes c USING (trial_id)
         WHERE n.study_id = :study AND n.state <> 'FAIL'
           AND c.key = 'continues' AND CAST(c.value_json AS integer) = :number) AS continued_as
  FROM trials t JOIN ecgscale.leases l USING (trial_id)
 WHERE t.study_id = :study AND t.number = :number FOR UPDATE OF t, l
""")
_RELEASE_SIGNATURE = text("UPDATE ecgscale.leases SET signature = NULL WHERE trial_id = :old")
_OF_THE_STOPPING = ("stopped_epoch", "stopped_score", "stopped_bound", "stopped_reason", "train_flops", "train_seconds")
_CONTINUE = text("""
WITH trial AS (
  INSERT INTO trials (study_id, number, state, datetime_start)
  SELECT :study, count(*), 'WAITING', now() AT TIME ZONE 'utc' FROM trials WHERE study_id = :study
  RETURNING trial_id, number
), params AS (
  INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
  SELECT trial.trial_id, param_name, param_value, distribution_json
    FROM trial, trial_params p WHERE p.trial_id = :old ORDER BY param_id
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial.trial_id, key, value_json FROM trial, trial_user_attributes a
   WHERE a.trial_id = :old AND NOT key = ANY (:stopping)
  UNION ALL SELECT trial_id, 'continues', CAST(:number AS text) FROM trial
), lease AS (
  INSERT INTO ecgscale.leases (trial_id, study_id, worker, token, signature)
  SELECT trial_id, :study, '', 0, :signature FROM trial
), study AS (
  UPDATE ecgscale.study_settings SET trials = trials + 1 WHERE study_id = :study
)
SELECT number FROM trial
""").bindparams(stopping=list(_OF_THE_STOPPING))
