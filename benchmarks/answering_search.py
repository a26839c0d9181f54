"""The service's sampling, with its reviews of the region, where the answer to every draw is known at once."""

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import pandas as pd
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, create_trial

from analysis.recommend import Candidates
from analysis.regions import Region, Review, current, review_region
from analysis.trials import STUDY_OBJECTIVES, Trials
from search.sampling.drawing import Sampling
from search.sampling.strategies import make_strategy
from search.sampling.strategy import Params, Proposal, Space, Verdict
from search.sampling.view import SamplerView

EVERY = 25  # trials between two reviews


class Ground(Protocol):
    """What is searched."""

    @property
    def space(self) -> Space: ...

    @property
    def wide(self) -> Region:
        """A part for every parameter."""
        ...

    @property
    def candidates(self) -> Candidates:
        """Networks drawn uniformly."""
        ...

    def judge(self, params: Params) -> Verdict: ...

    def answer(self, params: Params, number: int) -> tuple[float, float]:
        """Score and cost of a trial of that number."""
        ...


class AnsweringSearch:
    """One search.

    Attributes:
        trials: what was trained, in its order.
        history: the reviews; none where the search does not narrow.
    """

    def __init__(self, ground: Ground, sampler: str, *, seed: int, narrow: bool) -> None:
        self._ground = ground
        self._narrow = narrow
        self._seed = seed
        self.trials: list[FrozenTrial] = []
        self.history: list[Review] = []
        view = SamplerView(
            lambda: self.trials, (StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE), log_axes=(False, True)
        )
        strategy = make_strategy(sampler, ground.space, ground.judge)
        self._sampling = Sampling(ground.space, ground.judge, view, strategy, seed=seed, narrows=narrow)

    def run(self) -> Iterator[Params]:
        """The draws, one after the other; each is answered before the next."""
        while True:
            number = len(self.trials)
            proposal = next(iter(self._sampling.draw(number, region=current(self.history))))
            self.trials.append(self._answered(number, proposal))
            yield proposal.params
            if self._narrow and (number + 1) % EVERY == 0:
                self.history.append(self.review())

    def review(self) -> Review:
        """What the trials say of the region by now."""
        ground = self._ground
        return review_region(self.table(), ground.wide, self.history, ground.candidates, seed=self._seed)

    def table(self) -> Trials:
        """The trials as the analysis sees them."""
        index = pd.RangeIndex(len(self.trials))
        return Trials(
            objectives=STUDY_OBJECTIVES,
            state=pd.Series("complete", index, dtype=object),
            values=pd.DataFrame(
                [trial.values for trial in self.trials], index, [objective.name for objective in STUDY_OBJECTIVES]
            ),
            params=pd.DataFrame([trial.params for trial in self.trials], index),
            attrs=pd.DataFrame([trial.user_attrs for trial in self.trials], index),
        )

    def _answered(self, number: int, proposal: Proposal) -> FrozenTrial:
        told: Mapping[str, Any] = {
            "sampler": proposal.sampler,
            "region": len(self.history) if proposal.narrowed else None,
        }
        trial = create_trial(
            values=list(self._ground.answer(proposal.params, number)),
            params=dict(proposal.params),
            distributions={name: self._ground.space.domains[name].distribution() for name in proposal.params},
            user_attrs=dict(told),
            system_attrs=dict(proposal.attrs),
        )
        trial.number = trial._trial_id = number
        return trial
