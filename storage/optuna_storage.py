"""Optuna's storage interface over its own tables, read by one query per study."""

import copy
import threading
from collections.abc import Callable, Container, Sequence
from typing import Any

from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage, RDBStorage
from optuna.study import StudyDirection
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from storage.history import History
from storage.trials import select_trials


class OptunaStorage(BaseStorage):
    """Optuna's tables, for samplers, `load_study` and optuna-dashboard.

    Reading a study takes one statement, and afterwards one for what is new or unfinished; finished trials are kept.
    Writing is Optuna's own: our workers write through `storage.leases`, in one transaction per step. Connections are
    held as `engine_kwargs` says. Threads may share one; a copy by pickle reads anew.

    Attributes:
        theirs: Optuna's own storage over the same tables.
    """

    def __init__(self, url: str, engine_kwargs: dict[str, Any]) -> None:
        """
        Args:
            url: of a database whose tables exist.
        """
        self.theirs = RDBStorage(url, engine_kwargs=engine_kwargs, skip_table_creation=True)
        self._forget()

    def _forget(self) -> None:
        self._lock = threading.Lock()
        self._histories: dict[int, History] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"theirs": self.theirs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.theirs = state["theirs"]
        self._forget()

    @property
    def engine(self) -> Engine:
        return self.theirs.engine

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        with self._lock:
            history = self._histories.setdefault(study_id, History(study_id))
            trials = self._read(history.read)
            if not trials:
                self.theirs.get_study_name_from_id(study_id)  # raises KeyError where there is no such study
            found = [trial for trial in trials if states is None or trial.state in states]
        return copy.deepcopy(found) if deepcopy else found

    def get_trial(self, trial_id: int) -> FrozenTrial:
        found = self._read(
            lambda session: select_trials(
                session, session.execute(_STUDY_OF, {"trial": trial_id}).scalar_one_or_none() or -1, **_only(trial_id)
            )
        )
        for trial in found:
            if trial._trial_id == trial_id:
                return trial
        raise KeyError("Record does not exist.")

    def _read(self, step: Callable[[Session], list[FrozenTrial]]) -> list[FrozenTrial]:
        with Session(self.engine) as session, session.begin():
            return step(session)

    def delete_study(self, study_id: int) -> None:
        with self._lock:
            self._histories.pop(study_id, None)
        self.theirs.delete_study(study_id)

    # What follows is Optuna's own.

    def create_new_study(self, directions: Sequence[StudyDirection], study_name: str | None = None) -> int:
        return self.theirs.create_new_study(directions, study_name)

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:
        self.theirs.set_study_user_attr(study_id, key, value)

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:
        self.theirs.set_study_system_attr(study_id, key, value)

    def get_study_id_from_name(self, study_name: str) -> int:
        return self.theirs.get_study_id_from_name(study_name)

    def get_study_name_from_id(self, study_id: int) -> str:
        return self.theirs.get_study_name_from_id(study_id)

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:
        return self.theirs.get_study_directions(study_id)

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        return self.theirs.get_study_user_attrs(study_id)

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        return self.theirs.get_study_system_attrs(study_id)

    def get_all_studies(self) -> list[FrozenStudy]:
        return self.theirs.get_all_studies()

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        return self.theirs.create_new_trial(study_id, template_trial)

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        self.theirs.set_trial_param(trial_id, param_name, param_value_internal, distribution)

    def get_trial_id_from_study_id_trial_number(self, study_id: int, trial_number: int) -> int:
        return self.theirs.get_trial_id_from_study_id_trial_number(study_id, trial_number)

    def get_best_trial(self, study_id: int) -> FrozenTrial:
        return self.theirs.get_best_trial(study_id)

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        return self.theirs.set_trial_state_values(trial_id, state, values)

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        self.theirs.set_trial_intermediate_value(trial_id, step, intermediate_value)

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        self.theirs.set_trial_user_attr(trial_id, key, value)

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        self.theirs.set_trial_system_attr(trial_id, key, value)


_STUDY_OF = text("SELECT study_id FROM trials WHERE trial_id = :trial")


def _only(trial_id: int) -> dict[str, Any]:
    return {"newer_than": 2**31 - 1, "among": [trial_id]}
