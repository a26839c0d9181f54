"""The regions of a study: an append-only history that every worker reads."""

from typing import Any

from sqlalchemy.orm import Session

from storage.database import transactional
from storage.studies import Study


@transactional
def read_regions(session: Session, study: Study) -> list[dict[str, Any]]:
    """All reviews as they were written, by version: the first is version 1."""
    raise NotImplementedError


@transactional
def add_region(session: Session, study: Study, version: int, review: dict[str, Any]) -> bool:
    """Write a review as the next version; False where somebody else has written that version."""
    raise NotImplementedError
