"""What a study is to be, before it meets a record store: of a recipe, or of a space and the usual settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from search.settings import SearchSettings, WantedTraining
from search.space import DesignSpace


@dataclass(frozen=True)
class StudyPlan:
    """What is searched, how, and how each network is trained.

    Attributes:
        trials: complete and stopped ones at the end; None where nobody has said.
    """

    space: DesignSpace
    trials: int | None = None
    training: WantedTraining = field(default_factory=WantedTraining)
    search: SearchSettings = field(default_factory=SearchSettings)

    def but(
        self,
        *,
        trials: int | None,
        limits: Mapping[str, Any],
        training: Mapping[str, Any],
        search: Mapping[str, Any],
    ) -> "StudyPlan":
        """The plan with other settings and limits of the budget; those that are None stay as they are.

        Raises:
            SpaceError: a limit is out of its range.
        """
        return StudyPlan(
            self.space.within(**limits),
            self.trials if trials is None else trials,
            replace(self.training, **_given(training)),
            replace(self.search, **_given(search)),
        )


def _given(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if value is not None}
