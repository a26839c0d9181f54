"""Looking at a study's region: which cuts the trials support, and which cuts they contradict."""

from collections.abc import Sequence

from analysis.recommend import Candidates
from analysis.regions.region import Region
from analysis.regions.review import Review
from analysis.trials import Trials


def review_region(
    trials: Trials,
    wide: Region,
    history: Sequence[Review],
    candidates: Candidates,
    *,
    by: str = "search",
    seed: int = 0,
) -> Review:
    """What the trials say of the region in force.

    Args:
        trials: all of a study.
        wide: a part for every parameter, as the design space has them.
        history: earlier reviews, oldest first.
        candidates: networks that could be trained, drawn uniformly from the whole space.
    """
    raise NotImplementedError


def undo(history: Sequence[Review], wide: Region, trials: int) -> Review | None:
    """Back to the region before the newest one that differs; None where there is none."""
    raise NotImplementedError
