"""Our own strategy: the cost of a network is known before it is trained, so that only its score is predicted."""

import copy
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from analysis.pareto import pareto_mask
from analysis.trials import Direction
from search.samplers import Sampler
from search.sampling.encoding import Encoding
from search.sampling.improvement import expected_improvement
from search.sampling.strategy import Judge, Params, Proposal, Space
from search.sampling.surrogate import Surrogate
from search.sampling.view import SamplerView

_POOL = 1000  # uniform candidates, the same for the whole study: to count their costs takes a while
_POOL_DRAWN = 4000  # at most, where much is beyond the budget
_POOL_SEED = 0
_VARIED = 200  # candidates near the front
_MOST = 1000  # trials to learn from; the time grows with their cube
_DECADES = 2.0  # of cost that count as much as the whole range of a parameter
_DIRECTIONS = (Direction.MAXIMIZE, Direction.MINIMIZE)


class KnownCost:
    """Proposes the candidates whose expected improvement of the hypervolume is largest.

    Candidates are sets drawn uniformly, and members of the front with a parameter or two drawn anew. A stopped trial
    counts with the most that it could have reached, one that failed of itself with the least that any has, one under
    way with the score that is predicted for it, so that workers do not all try the same.
    """

    name = Sampler.KNOWN_COST

    def __init__(self, space: Space, judge: Judge) -> None:
        self._space = self._within = space
        self._judge = judge
        self._encoding = Encoding(space.domains)
        groups = self._encoding.groups
        self._surrogate = Surrogate(np.append(groups, groups.max(initial=-1) + 1))  # the cost is a group of its own

    def propose(self, view: SamplerView, rng: np.random.Generator) -> Iterator[Proposal]:
        known, scores = _known(view.trials)
        if not known:
            return
        running: list[Params] = [trial.params for trial in view.trials if trial.state is TrialState.RUNNING]
        inputs = self._inputs(known)
        self._surrogate.fit(inputs, scores)
        self._surrogate.condition(inputs, scores)
        if running:
            under_way = self._inputs(running)
            believed, _ = self._surrogate.predict(under_way)
            known, scores = [*known, *running], np.concatenate([scores, believed])
            self._surrogate.condition(np.vstack([inputs, under_way]), scores)
        front = np.column_stack([scores, self._log_costs(known)])
        tried = {_key(trial.params) for trial in view.trials}
        candidates = [params for params in self._candidates(known, front, rng) if _key(params) not in tried]
        for place in np.argsort(-self._worth(candidates, front), kind="stable"):
            yield Proposal(candidates[place], self.name)

    def within(self, space: Space) -> "KnownCost":
        narrowed = copy.copy(self)
        narrowed._within = space
        narrowed.__dict__.pop("_pool", None)
        return narrowed

    def _worth(self, candidates: Sequence[Params], front: np.ndarray) -> np.ndarray:
        if not candidates:
            return np.zeros(0)
        mean, deviation = self._surrogate.predict(self._inputs(candidates))
        log_cost = self._log_costs(candidates)
        ceiling = max(log_cost.max(), front[:, 1].max())
        return expected_improvement(mean, deviation, log_cost, front, float(np.median(front[:, 0])), ceiling)

    def _candidates(self, known: Sequence[Params], front: np.ndarray, rng: np.random.Generator) -> list[Params]:
        """Different sets within the budget."""
        members = self._members(known, front)
        varied = [self._within.vary(members[rng.integers(len(members))], rng) for _ in range(_VARIED if members else 0)]
        twice = [self._within.vary(params, rng) for params in varied[: _VARIED // 2]]
        near = [params for params in [*varied, *twice] if not self._judge(params).problem]
        return list({_key(params): params for params in [*self._pool, *near]}.values())

    def _members(self, known: Sequence[Params], front: np.ndarray) -> list[Params]:
        """The front of what lies where candidates are wanted."""
        narrow = self._within is not self._space
        inside = [place for place, params in enumerate(known) if not narrow or self._within.contains(params)]
        best = pareto_mask(front[inside], _DIRECTIONS)
        return [known[place] for place, is_best in zip(inside, best, strict=True) if is_best]

    @cached_property
    def _pool(self) -> list[Params]:
        rng = np.random.default_rng(_POOL_SEED)
        drawn = (self._within.draw(rng) for _ in range(_POOL_DRAWN))
        return list(islice((params for params in drawn if not self._judge(params).problem), _POOL))

    def _inputs(self, sets: Sequence[Params]) -> np.ndarray:
        """What the surrogate sees: the parameters and, since the score depends on it more evenly, the cost."""
        return np.column_stack([self._encoding(sets), self._log_costs(sets) / _DECADES])

    def _log_costs(self, sets: Sequence[Params]) -> np.ndarray:
        return np.array([self._judge(params).log_cost for params in sets])


def _known(trials: Sequence[FrozenTrial]) -> tuple[list[Params], np.ndarray]:
    """Sets whose score is known, about, and the scores: the newest, and the front among all."""
    ended = [trial for trial in trials if trial.state in (TrialState.COMPLETE, TrialState.PRUNED)]
    scores = [_score(trial) for trial in ended]
    worst = min((score for score in scores if score is not None), default=0.0)
    filled = np.array([worst if score is None else score for score in scores])
    costs = [trial.values[1] if trial.values else np.nan for trial in ended]
    kept = pareto_mask(np.column_stack([filled, costs]), _DIRECTIONS) if ended else np.zeros(0, dtype=bool)
    kept[-_MOST:] = True
    return [trial.params for trial, keep in zip(ended, kept, strict=True) if keep], filled[kept]


def _score(trial: FrozenTrial) -> float | None:
    """Of a complete trial, or the most that a stopped one could have reached."""
    if trial.state is TrialState.COMPLETE:
        return float(trial.values[0])
    bound: float | None = trial.user_attrs.get("stopped_bound")
    return bound


def _key(params: Params) -> tuple[object, ...]:
    return tuple(sorted(params.items()))
