"""How many drafts were dropped, by reason."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from storage import schema

_drafts = schema.drafts


def count_drafts(session: Session, study_id: int, dropped: Mapping[str, int]) -> None:
    """Add to the study's counts."""
    if not dropped:
        return
    rows = insert(_drafts).values([{"study_id": study_id, "reason": why, "count": n} for why, n in dropped.items()])
    total = {"count": _drafts.c["count"] + rows.excluded["count"]}
    session.execute(rows.on_conflict_do_update(index_elements=[_drafts.c.study_id, _drafts.c.reason], set_=total))


def dropped_drafts(session: Session, study_id: int) -> dict[str, int]:
    """The study's counts."""
    rows = session.execute(select(_drafts.c.reason, _drafts.c["count"]).where(_drafts.c.study_id == study_id))
    return {row.reason: row[1] for row in rows}
