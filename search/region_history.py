"""A study's regions so far, and what a person writes into them."""

from collections.abc import Callable
from typing import TypeVar

from analysis.regions import Review, undo
from analysis.regions.timeline import RegionHistory
from analysis.trials import load_trials
from search.config import StudyConfig
from search.errors import ConfigError
from search.narrowing import review_now
from search.space import Range
from storage.database import Database
from storage.regions import add_region, newest_region, read_regions
from storage.studies import Study

_ATTEMPTS = 3

Decided = TypeVar("Decided", bound=Review | None)


def region_history(database: Database, study: Study, config: StudyConfig) -> RegionHistory:
    """Every look at the study's region, with the space that it lies in."""
    domains = config.space.domains
    return RegionHistory(
        study=study.name,
        reviews=[(told["version"], Review.load(told)) for told in read_regions(database, study)],
        wide=config.space.region,
        log=frozenset(name for name, domain in domains.items() if isinstance(domain, Range) and domain.log),
        trials=newest_region(database, study).finished,
    )


def apply_review(database: Database, study: Study, config: StudyConfig) -> tuple[int | None, Review]:
    """Look at the region, and write what comes of it as its next version; no version where nothing is proposed.

    Raises:
        ConfigError: as `review_now`, or workers have looked at the same moment again and again.
    """

    return _write(database, study, lambda: review_now(database, study, config, by="person"))


def step_back(database: Database, study: Study, config: StudyConfig) -> tuple[int, Review] | None:
    """Write the region before the newest one as the next version; None where there is none.

    Raises:
        ConfigError: workers have looked at the same moment again and again.
    """

    def back() -> Review | None:
        history = region_history(database, study, config)
        return undo(load_trials(database, [study]), history.wide, [review for _, review in history.reviews])

    version, review = _write(database, study, back)
    return None if version is None or review is None else (version, review)


def _write(database: Database, study: Study, decide: Callable[[], Decided]) -> tuple[int | None, Decided]:
    """Decide anew whenever a worker has written the next version meanwhile: nothing is based on an older region."""
    for _ in range(_ATTEMPTS):
        version = newest_region(database, study).version + 1
        review = decide()
        if review is None or not review.changes:
            return None, review
        if add_region(database, study, version, review.dump()):
            return version, review
    raise ConfigError(
        f"workers have written a region of {study.name} {_ATTEMPTS} times while this was decided; run the command "
        "again, or pause the study before"
    )
