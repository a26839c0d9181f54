"""A study's trials, read again and again."""

from optuna.trial import FrozenTrial
from sqlalchemy.orm import Session

from storage.trials import select_trials


class History:
    """What has been read of a study: finished trials never change but by exclusion, the others are read anew."""

    def __init__(self, study_id: int) -> None:
        self._study_id = study_id
        self._trials: dict[int, FrozenTrial] = {}  # by id, in the order of their numbers
        self._newest = -1
        self._unfinished: set[int] = set()

    def read(self, session: Session) -> list[FrozenTrial]:
        """All trials, by number: one statement, for what is new or unfinished."""
        found = select_trials(session, self._study_id, newer_than=self._newest, among=sorted(self._unfinished))
        for trial in found:
            self._trials[trial._trial_id] = trial
            self._newest = max(self._newest, trial._trial_id)
            (self._unfinished.discard if trial.state.is_finished() else self._unfinished.add)(trial._trial_id)
        return list(self._trials.values())
