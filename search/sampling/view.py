"""What samplers see of a study."""

import copy
import math
from collections.abc import Callable, Container, Sequence
from datetime import datetime
from typing import Any, NoReturn

from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage
from optuna.study import Study, StudyDirection
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial, TrialState

from storage.causes import Cause

_STUDY = 0
_NAME = "view"
_DRAFTS_FROM = 2**40  # ids beyond those of any database

_OF_ITSELF = (Cause.DIVERGED, Cause.OUT_OF_MEMORY)  # of its network and its training, not of the machine

ReadTrials = Callable[[], Sequence[FrozenTrial]]


class SamplerView(BaseStorage):
    """The one facade, study and storage in one, between a study and whatever samples it.

    - A cost is seen as its log10: networks differ in it by orders of magnitude.
    - A trial that waits for a worker is seen as running; nobody may take it for one to be asked again.
    - A training that failed of itself, diverged or too large for the memory, is seen as stopped: it was no good.
    - Of a stopped trial that goes on as another, the other alone is seen; of what the study's space could not have
      drawn, or whose values are no numbers, nothing.
    - Writes stay in memory. A draft is a running trial that only this view knows; what the sampler wrote of it goes
      with it when it becomes a trial of the study.
    - Drafts that were rejected go on running until the next `refresh`. A sampler keeps away from what runs, so that its
      next draft differs; and it does not learn scores from them, since they have none.
    """

    def __init__(
        self,
        read: ReadTrials,
        directions: Sequence[StudyDirection],
        *,
        log_axes: Sequence[bool] | None = None,
        keep: Callable[[FrozenTrial], bool] = lambda trial: True,
    ) -> None:
        """
        Args:
            read: the study's trials, by number; asked by `refresh` alone.
            log_axes: per objective, whether samplers see its log10; by default none.
            keep: whether a trial is seen at all; asked again once it is finished.
        """
        self._read = read
        self._keep = keep
        self._directions = list(directions)
        self._log_axes = list(log_axes or [False] * len(self._directions))
        self._finished: dict[int, tuple[FrozenTrial, FrozenTrial | None]] = {}  # by id, as read and as seen
        self._study_attrs: dict[str, Any] = {}
        self._trials: list[FrozenTrial] = []
        self._drafts: list[FrozenTrial] = []
        self._places: dict[int, FrozenTrial] = {}

    def refresh(self) -> None:
        """Look at the study anew, and forget all drafts."""
        read = self._read()
        gone_on = {trial.user_attrs.get("continues") for trial in read if trial.state is not TrialState.FAIL}
        seen = [self._seen(trial) for trial in read if trial.number not in gone_on]
        self._trials = [trial for trial in seen if trial is not None]
        self._drafts = []
        self._places = {trial._trial_id: trial for trial in self._trials}

    @property
    def trials(self) -> list[FrozenTrial]:
        """The study's trials as they are seen, by number; no drafts."""
        return self._trials

    def study(self, sampler: BaseSampler) -> Study:
        """The study for a sampler; its `ask` makes a draft."""
        return Study(study_name=_NAME, storage=self, sampler=sampler)

    @property
    def draft_attrs(self) -> dict[str, Any]:
        """What the sampler wrote of the newest draft."""
        return dict(self._drafts[-1].system_attrs) if self._drafts else {}

    def _seen(self, trial: FrozenTrial) -> FrozenTrial | None:
        """The trial as it is seen, if it is."""
        if not trial.state.is_finished():
            return self._running(trial) if self._keep(trial) else None
        if trial._trial_id not in self._finished or self._finished[trial._trial_id][0] is not trial:
            self._finished[trial._trial_id] = trial, self._ended(trial) if self._keep(trial) else None
        return self._finished[trial._trial_id][1]

    def _running(self, trial: FrozenTrial) -> FrozenTrial:
        seen = copy.copy(trial)
        seen.state = TrialState.RUNNING
        seen.system_attrs = dict(trial.system_attrs)
        return seen

    def _ended(self, trial: FrozenTrial) -> FrozenTrial | None:
        if trial.state is TrialState.COMPLETE:
            return self._logged(trial)
        if trial.user_attrs.get("fail_cause") not in _OF_ITSELF or "excluded" in trial.user_attrs:
            return trial
        seen = copy.copy(trial)
        seen.state = TrialState.PRUNED
        return seen

    def _logged(self, trial: FrozenTrial) -> FrozenTrial | None:
        pairs = list(zip(trial.values, self._log_axes, strict=True))
        if not all(math.isfinite(value) and (value > 0 or not logged) for value, logged in pairs):
            return None
        seen = copy.copy(trial)
        seen.values = [math.log10(value) if logged else value for value, logged in pairs]
        return seen

    # What follows is Optuna's interface of a storage.

    def get_all_trials(
        self, study_id: int, deepcopy: bool = True, states: Container[TrialState] | None = None
    ) -> list[FrozenTrial]:
        found = [trial for trial in [*self._trials, *self._drafts] if states is None or trial.state in states]
        return copy.deepcopy(found) if deepcopy else found

    def get_trial(self, trial_id: int) -> FrozenTrial:
        return self._places[trial_id]

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        number = max((trial.number for trial in self._trials[-1:]), default=-1) + 1 + len(self._drafts)
        draft = FrozenTrial(
            number=number,
            state=TrialState.RUNNING,
            value=None,
            datetime_start=datetime.now(),  # naive local time, as Optuna has it
            datetime_complete=None,
            params={},
            distributions={},
            user_attrs={},
            system_attrs={},
            intermediate_values={},
            trial_id=_DRAFTS_FROM + number,
        )
        self._drafts.append(draft)
        self._places[draft._trial_id] = draft
        return draft._trial_id

    def set_trial_param(
        self, trial_id: int, param_name: str, param_value_internal: float, distribution: BaseDistribution
    ) -> None:
        draft = self._places[trial_id]
        draft._params[param_name] = distribution.to_external_repr(param_value_internal)
        draft._distributions[param_name] = distribution

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        self._places[trial_id].system_attrs[key] = value

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:
        self._study_attrs[key] = value

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        return dict(self._study_attrs)

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        return {}

    def get_study_id_from_name(self, study_name: str) -> int:
        return _STUDY

    def get_study_name_from_id(self, study_id: int) -> str:
        return _NAME

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:
        return self._directions

    def get_all_studies(self) -> list[FrozenStudy]:
        return _no_sampler_does()

    def get_trial_id_from_study_id_trial_number(self, study_id: int, trial_number: int) -> int:
        return _no_sampler_does()

    def create_new_study(self, directions: Sequence[StudyDirection], study_name: str | None = None) -> int:
        return _no_sampler_does()

    def delete_study(self, study_id: int) -> None:
        _no_sampler_does()

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:
        _no_sampler_does()

    def set_trial_state_values(self, trial_id: int, state: TrialState, values: Sequence[float] | None = None) -> bool:
        return _no_sampler_does()

    def set_trial_intermediate_value(self, trial_id: int, step: int, intermediate_value: float) -> None:
        _no_sampler_does()

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        _no_sampler_does()


def _no_sampler_does() -> NoReturn:
    raise NotImplementedError("samplers propose; studies are changed by storage.leases")
