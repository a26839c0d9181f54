"""Drawing: from what a study has tried to the set of parameters that it tries next."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from optuna.trial import TrialState

from search.samplers import UNIFORM, Sampler
from search.sampling.strategy import Judge, Params, Proposal, Space, Strategy
from search.sampling.view import SamplerView
from search.sampling.walk import has_end, walk

PROBES = 0.15  # share of uniform draws, so that importance and laws see networks that no sampler has chosen
STARTUP = 10  # complete trials before a sampler is asked
_TRIES = 20  # proposals of a sampler that may be rejected in one draw
_PATIENCE = 200  # uniform draws of one family of which none may be tried
_MAX_REPEATED = 1000  # drafts of a space without end that are trials already: it has nothing left to us
_MAX_DRAFTS = 100_000  # whatever became of them; half a minute


class Sampling:
    """Draws for one study, each from what the study knows by then."""

    def __init__(self, space: Space, judge: Judge, view: SamplerView, strategy: Strategy | None, *, seed: int) -> None:
        """
        Args:
            judge: what is known of a set of parameters before it is trained.
            strategy: None to draw uniformly.
        """
        self.space = space
        self.view = view
        self.strategy = strategy
        self.judge = judge
        self._seed = seed

    def draw(self, index: int, stop: Callable[[], bool] = lambda: False) -> "Drawing":
        """A draw; the same index and the same trials give the same one.

        Args:
            stop: once it says so, the draw ends without a proposal.
        """
        self.view.refresh()
        return Drawing(self, self._tried(), np.random.default_rng([self._seed, index]), stop)

    def _tried(self) -> set[str]:
        """Signatures of the study's trials; what failed for good fails again, and what was excluded may be repeated."""
        trials = [trial for trial in self.view.trials if "excluded" not in trial.user_attrs]
        return {self.judge(trial.params).signature for trial in trials}


class Drawing:
    """Proposals that may become a trial: within the budget, not tried before; it ends when nothing is left.

    Attributes:
        dropped: proposals that were dropped on the way, by reason.
        is_empty: whether the space has been walked to its end, and has nothing left.
    """

    def __init__(self, sampling: Sampling, tried: set[str], rng: np.random.Generator, stop: Callable[[], bool]) -> None:
        self._sampling = sampling
        self._tried = tried
        self._rng = rng
        self._stop = stop
        counted = sum(part.size or 0 for part in sampling.space.parts if has_end(part))
        self._most_repeated = counted + _MAX_REPEATED
        self.is_empty = False
        self.dropped: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Proposal]:
        strategy = self._strategy()
        if strategy is None:
            sampler = UNIFORM if self._sampling.strategy else Sampler.RANDOM
            yield from (Proposal(params, sampler) for params in self._uniform())
            return
        sampler = strategy.name
        for proposal in islice(strategy.propose(self._sampling.view, self._rng), _TRIES):
            sampler = proposal.sampler
            if self._may_be_tried(proposal.params):
                yield proposal
        yield from (Proposal(params, sampler, fallback=True) for params in self._uniform())

    def repeated(self, proposal: Proposal) -> None:
        """Somebody else has tried this one in the meantime."""
        self._tried.add(self._sampling.judge(proposal.params).signature)
        self.dropped["repeated"] += 1

    def _strategy(self) -> Strategy | None:
        """Whom to ask in this draw; nobody for a uniform one."""
        complete = sum(trial.state is TrialState.COMPLETE for trial in self._sampling.view.trials)
        probe = self._rng.random() < PROBES
        return None if probe or complete < STARTUP else self._sampling.strategy

    def _uniform(self) -> Iterator[Params]:
        """Uniform draws, from each family as often as from the others.

        A family of which little is within the budget is drawn from until something is: else its networks would be
        rarer in the search than in the space.
        """
        walks = [walk(part, self._rng) for part in self._sampling.space.parts]
        while walks and not self._is_hopeless:
            chosen = walks[self._rng.integers(len(walks))]
            drawn = 0
            for params in islice(chosen, _PATIENCE):
                drawn += 1
                if self._may_be_tried(params):
                    yield params
                    break
            if not drawn:
                walks.remove(chosen)
        self.is_empty = not walks

    def _may_be_tried(self, params: Params) -> bool:
        verdict = self._sampling.judge(params)
        problem = verdict.problem or ("repeated" if verdict.signature in self._tried else None)
        if problem:
            self.dropped[problem] += 1
        return problem is None

    @property
    def _is_hopeless(self) -> bool:
        return self._stop() or self.dropped["repeated"] >= self._most_repeated or self.dropped.total() >= _MAX_DRAFTS
