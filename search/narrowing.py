"""A study's region while it is searched: followed at every draft, reviewed from time to time."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.regions.region import Region
from search.config import StudyConfig
from search.errors import ConfigError, SpaceError
from storage.database import Database
from storage.regions import Newest, add_region, newest_region, read_regions
from storage.studies import Study

if TYPE_CHECKING:
    from analysis.recommend import Candidates
    from analysis.regions import Review


class Narrowing:
    """One worker's part in the narrowing of its study."""

    def __init__(self, database: Database, study: Study, config: StudyConfig, *, say: Callable[[str], None]) -> None:
        """
        Args:
            say: told when the region moves, and when a review fails.
        """
        self._database = database
        self._study = study
        self._config = config
        self._say = say
        self._failed_at: dict[int, int] = {}  # finished trials at the last review that failed, by version before it

    def follow(self) -> tuple[int | None, Region]:
        """The region in force and its version, None before the first; where a review is due, after it."""
        newest = newest_region(self._database, self._study)
        if self._is_due(newest):
            self._review(newest)
            newest = newest_region(self._database, self._study)
        if newest.review is None:
            return None, Region()
        return newest.version, Region.load(newest.review["region"])

    def _is_due(self, newest: Newest) -> bool:
        if self._config.narrow is None:
            return False
        written_at = 0 if newest.review is None else newest.review["trials"]
        looked_at = self._failed_at.get(newest.version, written_at)
        some_were_excluded = newest.finished < looked_at
        return some_were_excluded or newest.finished - looked_at >= self._config.narrow

    def _review(self, newest: Newest) -> None:
        """Write what a look at the trials says, unless somebody else has looked meanwhile."""
        try:
            review = review_now(self._database, self._study, self._config, by="search", candidates=self._candidates)
            self._config.space.narrowed(review.region)
        except (AnalysisError, SpaceError) as error:  # a search goes on without a better region
            if not self._failed_at:
                self._say(f"the region stays as it is, since the trials cannot be reviewed: {error}")
            self._failed_at[newest.version] = newest.finished
            return
        version = newest.version + 1
        if add_region(self._database, self._study, version, review.dump()) and review.moved:
            self._say(f"region {version}, after {review.trials} trials: {_told(review)}")

    @cached_property
    def _candidates(self) -> "Candidates":
        return _candidates(self._config)


def review_now(
    database: Database,
    study: Study,
    config: StudyConfig,
    by: str = "person",
    candidates: "Candidates | None" = None,
) -> "Review":
    """What the study's trials say of its region by now; nothing is written.

    Args:
        candidates: networks drawn uniformly from the whole space within the budget, where they are at hand.

    Raises:
        ConfigError: the study compares regions.
        AnalysisError: they say nothing, since the statistics fail.
    """
    if config.arms:
        raise ConfigError(
            f"{study.name} compares the regions {', '.join(config.arms)}, which stay as they are; narrow another study"
        )
    from analysis.regions import Review, review_region  # statistics take seconds to load
    from analysis.trials import load_trials

    history = [Review.load(told) for told in read_regions(database, study)]
    drawn = _candidates(config) if candidates is None else candidates
    return review_region(load_trials(database, [study]), config.space.region, history, drawn, by=by, seed=config.seed)


def _candidates(config: StudyConfig) -> "Candidates":
    from search.candidates import draw_candidates

    return draw_candidates(config, [])


def _told(review: "Review") -> str:
    from analysis.regions import Kind
    from analysis.regions.words import told

    return "; ".join(told(change) for change in review.changes if change.kind is not Kind.WITHDRAWN)
