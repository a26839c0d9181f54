"""The regions of a study: an append-only history that every worker reads."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from storage import schema
from storage.database import transactional
from storage.studies import Study

_regions = schema.regions


@dataclass(frozen=True)
class Newest:
    """Where a study's history stands.

    Attributes:
        finished: complete and stopped trials by now, without those that are excluded.
        version: the newest one; 0 before the first.
        review: as it was written; None before the first.
    """

    finished: int
    version: int = 0
    review: dict[str, Any] | None = None


@transactional
def read_regions(session: Session, study: Study) -> list[dict[str, Any]]:
    """All reviews as they were written, by version from 1 on, each with its "version" and when it was "made_at"."""
    rows = session.execute(select(_regions).where(_regions.c.study_id == study.id).order_by(_regions.c.version))
    return [{**row.review, "version": row.version, "made_at": row.made_at.isoformat()} for row in rows]


@transactional
def newest_region(session: Session, study: Study) -> Newest:
    """What a worker asks at every draft, in one statement."""
    return Newest(**session.execute(_NEWEST, {"study": study.id}).one()._mapping)


@transactional
def add_region(session: Session, study: Study, version: int, review: dict[str, Any]) -> bool:
    """Write a review as the next version; False where it is not the next one, or somebody else has written it."""
    row = {"study": study.id, "version": version, "review": json.dumps(review)}
    return session.execute(_ADD, row).one_or_none() is not None


_NEWEST = text("""
SELECT (SELECT count(*) FROM trials t LEFT JOIN ecgscale.leases l USING (trial_id)
         WHERE t.study_id = :study AND t.state IN ('COMPLETE', 'PRUNED') AND l.excluded IS NULL) AS finished,
       coalesce(r.version, 0) AS version, r.review
  FROM (SELECT) AS one
       LEFT JOIN LATERAL (SELECT version, review FROM ecgscale.regions WHERE study_id = :study
                           ORDER BY version DESC LIMIT 1) r ON true
""")

# Two at once meet at the key: the second waits for the first, and then writes nothing.
_ADD = text("""
INSERT INTO ecgscale.regions (study_id, version, review)
SELECT :study, :version, CAST(:review AS jsonb) FROM studies
 WHERE study_id = :study
   AND :version = (SELECT coalesce(max(version), 0) + 1 FROM ecgscale.regions WHERE study_id = :study)
ON CONFLICT DO NOTHING RETURNING version
""")
