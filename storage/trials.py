"""All trials of a study by one query."""

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from storage.database import Database
from storage.studies import Study

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_QUERY = text("""
SELECT t.trial_id, t.number, lower(t.state::text) AS state,
       (SELECT json_agg(v.value ORDER BY v.objective) FROM trial_values v WHERE v.trial_id = t.trial_id) AS values,
       (SELECT json_object_agg(p.param_name, json_build_array(p.param_value, p.distribution_json)
                                ORDER BY p.param_id)
          FROM trial_params p WHERE p.trial_id = t.trial_id) AS params,
       (SELECT json_object_agg(a.key, a.value_json ORDER BY a.trial_user_attribute_id)
          FROM trial_user_attributes a WHERE a.trial_id = t.trial_id) AS attrs
  FROM trials t WHERE t.study_id = :study ORDER BY t.number
""")


@dataclass(frozen=True)
class TrialRow:
    """One trial as stored: its objective values (none before it is complete), parameters and user attributes."""

    trial_id: int
    number: int
    state: str
    values: list[float] | None
    params: dict[str, Any]
    attrs: dict[str, Any]


def read_trials(database: Database, study: Study) -> list[TrialRow]:
    """Every trial of the study, by number."""
    with database.transaction() as session:
        rows = session.execute(_QUERY, {"study": study.id}).all()
    return [
        TrialRow(
            trial_id=row.trial_id,
            number=row.number,
            state=row.state,
            values=None if row[3] is None else [float(value) for value in row[3]],
            params={name: _decode(*stored) for name, stored in (row.params or {}).items()},
            attrs={key: json.loads(value) for key, value in (row.attrs or {}).items()},
        )
        for row in rows
    ]


def _decode(value: float, distribution: str) -> Any:
    return _distribution(distribution).to_external_repr(value)


@cache
def _distribution(serialised: str) -> "BaseDistribution":
    from optuna.distributions import json_to_distribution

    return json_to_distribution(serialised)
