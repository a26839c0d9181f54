"""Who trained a trial."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import transactional


@dataclass(frozen=True)
class Owner:
    """The worker that has a trial, or had it last.

    Attributes:
        token: counts the trial's owners.
        excluded: why the trial is left out of everything, if it is.
    """

    worker: str
    token: int
    excluded: str | None


@transactional
def read_owners(session: Session, trial_ids: Sequence[int]) -> dict[int, Owner]:
    """By the trial's id; one that another program has added has none."""
    rows = session.execute(_OWNERS, {"trials": list(trial_ids)})
    return {row.trial_id: Owner(row.worker, row.token, row.excluded) for row in rows}


_OWNERS = text("""
SELECT trial_id, worker, token, excluded FROM ecgscale.leases WHERE trial_id = ANY(CAST(:trials AS integer[]))
""")
