"""All trials of a study by one query, as Optuna knows them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import Database
from storage.errors import StudyError
from storage.studies import Study

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial


def read_trials(database: Database, study: Study) -> "list[FrozenTrial]":
    """Every trial of the study, by number."""
    return database.run(lambda session: select_trials(session, study.id))


def select_trials(
    session: Session, study_id: int, *, newer_than: int = -1, among: Sequence[int] = ()
) -> "list[FrozenTrial]":
    """The trials of a study whose ids are above `newer_than` or in `among`, and the excluded ones, by number.

    By default all. Within a study ids grow in the order of commits: whoever adds a trial holds the study's lock.

    Optuna's own storage needs a statement per table and an object per row; this needs one statement, an aggregate per
    trial, and a tenth of the memory.
    """
    named = {"study": study_id, "newer_than": newer_than, "among": list(among)}
    return [_trial(row) for row in session.execute(_QUERY, named)]


def no_such_trial(session: Session, study: Study, number: int) -> StudyError:
    """What to say of a trial number that the study does not have."""
    last = session.execute(_LAST, {"study": study.id}).scalar_one()
    there = "it has none yet" if last is None else f"its trials are numbered 0 to {last}"
    return StudyError(f"{study.name} has no trial {number}; {there}")


def _trial(row: Any) -> "FrozenTrial":
    from optuna.trial import FrozenTrial, TrialState

    names = row.names or ()
    distributions = [_distribution(kind) for kind in row.distributions or ()]
    drawn = zip(row.drawn or (), distributions, strict=True)
    return FrozenTrial(
        number=row.number,
        state=TrialState[row.state],
        value=None,
        values=None if row.scores is None else [_number(*pair) for pair in zip(row.scores, row.kinds, strict=True)],
        datetime_start=_local(row.datetime_start),
        datetime_complete=_local(row.datetime_complete),
        params=dict(zip(names, (kind.to_external_repr(value) for value, kind in drawn), strict=True)),
        distributions=dict(zip(names, distributions, strict=True)),
        user_attrs=json.loads(row.user_attrs or "{}"),
        system_attrs=json.loads(row.system_attrs or "{}"),
        intermediate_values=dict(
            zip(row.steps, map(_number, row.reports, row.report_kinds), strict=True) if row.steps else ()
        ),
        trial_id=row.trial_id,
    )


_SPECIAL = {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "NAN": float("nan")}


def _number(stored: float | None, kind: str) -> float:
    """What Optuna stores in two columns, because not every database has infinities."""
    return _SPECIAL[kind] if stored is None else stored


def _local(utc: datetime | None) -> datetime | None:
    """Optuna stores naive UTC and shows naive local time."""
    return None if utc is None else utc.replace(tzinfo=UTC).astimezone().replace(tzinfo=None)


@lru_cache(maxsize=4096)
def _distribution(serialised: str) -> "BaseDistribution":
    from optuna.distributions import json_to_distribution

    return json_to_distribution(serialised)


_LAST = text("SELECT max(number) FROM trials WHERE study_id = :study")

# Attributes come as the text of one JSON object per trial, which Python reads: they may hold NaN, which Postgres' JSON
# does not know.
_ATTRS = "(SELECT '{{' || string_agg(to_json(key) || ':' || value_json, ',' ORDER BY {id}) || '}}' FROM {table} a "
_ATTRS += "WHERE a.trial_id = t.trial_id)"
_QUERY = text(f"""
SELECT t.trial_id, t.number, CAST(t.state AS text) AS state, t.datetime_start, t.datetime_complete,
       p.names, p.drawn, p.distributions, v.scores, v.kinds, i.steps, i.reports, i.report_kinds,
       {_ATTRS.format(table="trial_user_attributes", id="trial_user_attribute_id")} AS user_attrs,
       {_ATTRS.format(table="trial_system_attributes", id="trial_system_attribute_id")} AS system_attrs
  FROM trials t
  LEFT JOIN LATERAL (
    SELECT array_agg(param_name ORDER BY param_id) AS names, array_agg(param_value ORDER BY param_id) AS drawn,
           array_agg(distribution_json ORDER BY param_id) AS distributions
      FROM trial_params WHERE trial_id = t.trial_id) p ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(value ORDER BY objective) AS scores,
           array_agg(CAST(value_type AS text) ORDER BY objective) AS kinds
      FROM trial_values WHERE trial_id = t.trial_id) v ON true
  LEFT JOIN LATERAL (
    SELECT array_agg(step ORDER BY step) AS steps, array_agg(intermediate_value ORDER BY step) AS reports,
           array_agg(CAST(intermediate_value_type AS text) ORDER BY step) AS report_kinds
      FROM trial_intermediate_values WHERE trial_id = t.trial_id) i ON true
 WHERE t.study_id = :study
   AND (t.trial_id > :newer_than OR t.trial_id = ANY(CAST(:among AS integer[]))
        OR t.trial_id IN (SELECT trial_id FROM ecgscale.leases WHERE study_id = :study AND excluded IS NOT NULL))
 ORDER BY t.number
""")
