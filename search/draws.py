"""Where a study's trials are drawn from: within its region, or from its arms in turn."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from analysis.regions.region import Region
from search.config import StudyConfig
from search.narrowing import Narrowing
from search.sampling.drawing import Drawing, Sampling
from search.sampling.strategy import Proposal
from search.sampling.study import sampling_of
from storage.database import Database
from storage.studies import Study

Stop = Callable[[], bool]


class Draws(Protocol):
    """Draws for a worker."""

    def draw(self, index: int, stop: Stop) -> Drawing:
        """The study's draw of that number, from 1 on; it ends without a proposal once `stop` says so."""
        ...

    def origin(self, proposal: Proposal) -> Mapping[str, Any]:
        """User attributes of a trial made of a proposal of the last draw."""
        ...

    @property
    def place(self) -> str:
        """From what the last draw was, in words."""
        ...


class RegionDraws:
    """Draws within the study's newest region, which is reviewed when it is time."""

    place = "the space"

    def __init__(self, sampling: Sampling, narrowing: Narrowing) -> None:
        self._sampling = sampling
        self._narrowing = narrowing
        self._version: int | None = None

    def draw(self, index: int, stop: Stop) -> Drawing:
        self._version, region = self._narrowing.follow()
        return self._sampling.draw(index, stop, region)

    def origin(self, proposal: Proposal) -> Mapping[str, Any]:
        return {"region": self._version if proposal.narrowed else None}


class ArmDraws:
    """Uniform draws from each arm in turn, so that arms can be compared at the same number of trials.

    Each arm is searched several times over, run by run: draw i belongs to arm (i - 1) mod n of n, by their names, and
    to run (i - 1) div n mod the number of runs.
    """

    def __init__(self, arms: Mapping[str, Sampling], runs: int) -> None:
        self._arms = sorted(arms.items())  # the database keeps no order of names
        self._runs = runs
        self._arm, self._run = "", 0

    def draw(self, index: int, stop: Stop) -> Drawing:
        before = index - 1
        self._arm, sampling = self._arms[before % len(self._arms)]
        self._run = before // len(self._arms) % self._runs
        return sampling.draw(index, stop)

    def origin(self, proposal: Proposal) -> Mapping[str, Any]:
        return {"region": None, "arm": self._arm, "run": self._run}

    @property
    def place(self) -> str:
        return f"the arm {self._arm}"


def draws_of(database: Database, study: Study, config: StudyConfig, *, say: Callable[[str], None]) -> Draws:
    """What draws the study's trials; nothing is read before the first draw.

    Args:
        say: told when the study's region moves.
    """
    sampling = sampling_of(database, study, config)
    if not config.arms:
        return RegionDraws(sampling, Narrowing(database, study, config, say=say))
    arms = {name: sampling.only(Region.load(part)) for name, part in config.arms.items()}
    return ArmDraws(arms, config.runs)
