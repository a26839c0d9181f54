"""Drawing: from what a study has tried to the set of parameters that it tries next."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import numpy as np
from optuna.trial import TrialState

from analysis.regions.region import Region
from search.samplers import UNIFORM, Sampler
from search.sampling.strategy import OUTSIDE, REPEATED, Judge, Params, Proposal, Space, Strategy
from search.sampling.view import SamplerView
from search.sampling.walk import has_end, walk

PROBES = 0.15  # share of uniform draws, so that importance and laws see networks that no sampler has chosen
STARTUP = 10  # complete trials before a sampler is asked
_TRIES = 20  # proposals of a sampler that may be rejected in one draw
_PATIENCE = 200  # uniform draws of one family of which none may be tried
_MAX_REPEATED = 1000  # drafts of a space without end that are trials already: it has nothing left to us
_MAX_DRAFTS = 100_000  # whatever became of them; half a minute
_MAX_NARROWED = 10_000  # before a region is left for the whole space
_WHOLE = Region()


class Sampling:
    """Draws for one study, each from what the study knows by then."""

    def __init__(
        self,
        space: Space,
        judge: Judge,
        view: SamplerView,
        strategy: Strategy | None,
        *,
        seed: int,
        narrows: bool = False,
    ) -> None:
        """
        Args:
            judge: what is known of a set of parameters before it is trained.
            strategy: None to draw uniformly.
            narrows: whether the study looks at its region from time to time, so that it needs probes.
        """
        self.space = space
        self.view = view
        self.strategy = strategy
        self.judge = judge
        self.narrows = narrows
        self._seed = seed
        self._narrowed: tuple[Region, Space, Strategy | None] = (Region(), space, strategy)

    def draw(self, index: int, stop: Callable[[], bool] = lambda: False, region: Region = _WHOLE) -> "Drawing":
        """A draw; the same index, the same trials and the same region give the same one.

        Args:
            stop: once it says so, the draw ends without a proposal.
            region: what every draw but the probes keeps to, while something is left in it.
        """
        self.view.refresh()
        space, strategy = self._within(region)
        return Drawing(self, space, strategy, self._tried(), np.random.default_rng([self._seed, index]), stop)

    def only(self, region: Region) -> "Sampling":
        """Uniform draws from a region alone."""
        return Sampling(self.space.narrowed(region), self.judge, self.view, None, seed=self._seed)

    def _within(self, region: Region) -> tuple[Space, Strategy | None]:
        """The space and the strategy, narrowed to a region; kept until there is another."""
        if region.is_whole:
            return self.space, self.strategy
        if self._narrowed[0] != region:
            space = self.space.narrowed(region)
            self._narrowed = region, space, self.strategy and self.strategy.within(space)
        return self._narrowed[1:]

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

    def __init__(
        self,
        sampling: Sampling,
        space: Space,
        strategy: Strategy | None,
        tried: set[str],
        rng: np.random.Generator,
        stop: Callable[[], bool],
    ) -> None:
        self._sampling = sampling
        self._space = space
        self._strategy = strategy
        self._tried = tried
        self._rng = rng
        self._stop = stop
        self.is_empty = False
        self.dropped: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Proposal]:
        probe = self._rng.random() < PROBES
        if self._strategy is None:
            blind = probe and (self._sampling.narrows or self._is_narrowed)
            yield from self._uniform(UNIFORM if blind else Sampler.RANDOM, probe=blind)
        elif probe or self._complete < STARTUP:
            yield from self._uniform(UNIFORM, probe=True)
        else:
            yield from self._asked(self._strategy)

    def repeated(self, proposal: Proposal) -> None:
        """Somebody else has tried this one in the meantime."""
        self._tried.add(self._sampling.judge(proposal.params).signature)
        self.dropped[REPEATED] += 1

    @property
    def size(self) -> int | None:
        """How many sets of parameters there are to draw from in the end."""
        return self._sampling.space.size

    @property
    def _is_narrowed(self) -> bool:
        return self._space is not self._sampling.space

    @property
    def _complete(self) -> int:
        return sum(trial.state is TrialState.COMPLETE for trial in self._sampling.view.trials)

    def _asked(self, strategy: Strategy) -> Iterator[Proposal]:
        """What a strategy proposes, then uniform draws in its stead."""
        sampler = strategy.name
        for proposal in islice(strategy.propose(self._sampling.view, self._rng), _TRIES):
            sampler = proposal.sampler
            if self._may_be_tried(proposal.params, self._space):
                yield replace(proposal, narrowed=self._is_narrowed)
        yield from self._uniform(sampler, fallback=True)

    def _uniform(self, sampler: str, *, probe: bool = False, fallback: bool = False) -> Iterator[Proposal]:
        """Uniform draws from the region, then from the whole space; a probe's from the whole alone."""
        if self._is_narrowed and not probe:
            for params in self._drawn(self._space, _MAX_NARROWED):
                yield Proposal(params, sampler, fallback=fallback, narrowed=True)
        for params in self._drawn(self._sampling.space, _MAX_DRAFTS):
            yield Proposal(params, sampler, fallback=fallback)

    def _drawn(self, space: Space, most: int) -> Iterator[Params]:
        """Uniform draws, from each family as often as from the others.

        A family of which little is within the budget is drawn from until something is: else its networks would be
        rarer in the search than in the space.

        Args:
            most: drafts that may be dropped on the way.
        """
        walks = [walk(part, self._rng) for part in space.parts]
        most_repeated = self.dropped[REPEATED] + _MAX_REPEATED
        most_repeated += sum(part.size or 0 for part in space.parts if has_end(part))
        while walks and not self._stop() and self.dropped[REPEATED] < most_repeated and self.dropped.total() < most:
            chosen = walks[self._rng.integers(len(walks))]
            drawn = 0
            for params in islice(chosen, _PATIENCE):
                drawn += 1
                if self._may_be_tried(params, space):
                    yield params
                    break
            if not drawn:
                walks.remove(chosen)
        self.is_empty = not walks and space is self._sampling.space

    def _may_be_tried(self, params: Params, space: Space) -> bool:
        problem = self._problem(params, space)
        if problem:
            self.dropped[problem] += 1
        return problem is None

    def _problem(self, params: Params, space: Space) -> str | None:
        """Why a set may not be a trial of this draw."""
        verdict = self._sampling.judge(params)
        if verdict.problem or verdict.signature in self._tried:
            return verdict.problem or REPEATED
        return None if space is self._sampling.space or space.contains(params) else OUTSIDE
