"""How the search space was narrowed, as parts of `report.json`."""

from collections.abc import Sequence
from typing import Any

from analysis.regions import Change, Part, Review, SubRange
from analysis.regions.region import dump_part
from analysis.regions.timeline import RegionHistory, Timeline, timelines
from analysis.regions.words import evidence_told, told
from analysis.words import counted


def region_parts(histories: Sequence[RegionHistory]) -> dict[str, Any]:
    """`regions`, every look that changed or withdrew something, and `region_timelines`, what was searched when.

    `region_looks` counts all of them.
    """
    rows = [
        {"study": history.study, **region_row(version, review)}
        for history in histories
        for version, review in history.reviews
        if review.changes
    ]
    lines = [_timeline_row(history.study, line) for history in histories for line in timelines(history)]
    looks = sum(len(history.reviews) for history in histories)
    return {"regions": rows or None, "region_timelines": lines or None, "region_looks": looks}


def not_narrowed(histories: Sequence[RegionHistory]) -> str:
    """Why there are no regions to tell of."""
    reviews = [review for history in histories for _, review in history.reviews]
    if not reviews:
        return "the search space has not been narrowed"
    nearest = f"; in the last the nearest was {reviews[-1].nearest}" if reviews[-1].nearest else ""
    return f"no cut of the search space was proposed in {counted(len(reviews), 'look')}{nearest}"


def region_row(version: int | None, review: Review) -> dict[str, Any]:
    """One look: the region from then on, and each change with its evidence, as data and in sentences.

    Args:
        version: None of one that is not written.
    """
    return {
        "version": version,
        "trials": review.trials,
        "by": review.by,
        "region": review.region.dump(),
        "changes": [
            {**plain, "sentences": _sentences(change)}
            for plain, change in zip(review.dump()["changes"], review.changes, strict=True)
        ],
    }


def _sentences(change: Change) -> list[str]:
    """What happened, then the evidence."""
    return [told(change), *([] if change.evidence is None else evidence_told(change.evidence))]


def _timeline_row(study: str, line: Timeline) -> dict[str, Any]:
    return {
        "study": study,
        "param": line.param,
        "wide": dump_part(line.wide),
        "log": line.log,
        "steps": [
            {"since": step.since, "until": step.until, "part": dump_part(step.part), "share": _shares(line, step.part)}
            for step in line.steps
        ],
        "marks": [
            {
                "trials": mark.trials,
                "kind": mark.change.kind.value,
                "removed": dump_part(mark.change.removed),
                "share": _shares(line, mark.change.removed),
                "sentence": told(mark.change),
            }
            for mark in line.marks
        ],
    }


def _shares(line: Timeline, part: Part) -> list[float] | None:
    """Where a range lies within the wide one, from 0 to 1; None of choices."""
    return [line.share(part.low), line.share(part.high)] if isinstance(part, SubRange) else None
