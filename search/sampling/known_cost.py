"""Our own strategy: the cost of a network is known before it is trained, so that only its score is predicted."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

import numpy as np
from optuna.trial import FrozenTrial, TrialState

from analysis.pareto import pareto_mask
from analysis.trials import Direction
from search.sampling.encoding import Encoding
from search.sampling.improvement import expected_improvement
from search.sampling.strategy import Judge, Params, Proposal, Space, Verdict
from search.sampling.surrogate import Surrogate
from search.sampling.view import SamplerView

NAME = "known-cost"
_POOL = 1000  # uniform candidates, the same for the whole study: to count their costs takes a while
_POOL_DRAWN = 4000  # at most, where much is beyond the budget
_POOL_SEED = 0
_VARIED = 200  # candidates near the front
_DECADES = 2.0  # of cost that count as much as the whole range of a parameter
_DIRECTIONS = (Direction.MAXIMIZE, Direction.MINIMIZE)


class KnownCost:
    """Proposes the candidates whose expected improvement of the hypervolume is largest.

    Candidates are sets drawn uniformly, and members of the front with a parameter or two drawn anew. A stopped trial
    counts with the most that it could have reached, one under way with the score that is predicted for it, so that
    workers do not all try the same.
    """

    def __init__(self, space: Space, judge: Judge) -> None:
        self._space = space
        self._judge = judge
        self._encoding = Encoding(space.domains)
        groups = self._encoding.groups
        self._surrogate = Surrogate(np.append(groups, groups.max(initial=-1) + 1))  # the cost is a group of its own
        self._verdicts: dict[tuple[object, ...], Verdict] = {}

    def propose(self, view: SamplerView, rng: np.random.Generator) -> Iterator[Proposal]:
        known = [trial for trial in view.trials if _score(trial) is not None]
        running = [trial for trial in view.trials if trial.state is TrialState.RUNNING and trial.params]
        tried: list[Params] = [trial.params for trial in [*known, *running]]
        scores = np.array([_score(trial) for trial in known], dtype=float)
        self._surrogate.fit(self._inputs(tried[: len(known)]), scores, rng)
        if running:
            believed, _ = self._surrogate.predict(self._inputs(tried[len(known) :]))
            scores = np.concatenate([scores, believed])
            self._surrogate.fit(self._inputs(tried), scores, rng)
        front = np.column_stack([scores, self._log_costs(tried)])
        candidates = self._candidates(tried, front, rng)
        for place in np.argsort(-self._worth(candidates, front), kind="stable"):
            yield Proposal(candidates[place], NAME)

    def _worth(self, candidates: Sequence[Params], front: np.ndarray) -> np.ndarray:
        if not candidates:
            return np.zeros(0)
        mean, deviation = self._surrogate.predict(self._inputs(candidates))
        log_cost = self._log_costs(candidates)
        ceiling = max(log_cost.max(), front[:, 1].max())
        return expected_improvement(mean, deviation, log_cost, front, float(np.median(front[:, 0])), ceiling)

    def _candidates(self, tried: Sequence[Params], front: np.ndarray, rng: np.random.Generator) -> list[Params]:
        """Different sets that may be tried and have not been."""
        members = [params for params, best in zip(tried, pareto_mask(front, _DIRECTIONS), strict=True) if best]
        varied = [self._space.vary(members[rng.integers(len(members))], rng) for _ in range(_VARIED)]
        twice = [self._space.vary(params, rng) for params in varied[: _VARIED // 2]]
        known = {_key(params) for params in tried}
        different = {_key(params): params for params in [*self._pool, *varied, *twice]}
        return [params for key, params in different.items() if key not in known and not self._verdict(params).problem]

    @cached_property
    def _pool(self) -> list[Params]:
        rng = np.random.default_rng(_POOL_SEED)
        drawn = (self._space.draw(rng) for _ in range(_POOL_DRAWN))
        return list(islice((params for params in drawn if not self._verdict(params).problem), _POOL))

    def _inputs(self, sets: Sequence[Params]) -> np.ndarray:
        """What the surrogate sees: the parameters and, since the score depends on it more evenly, the cost."""
        return np.column_stack([self._encoding(sets), self._log_costs(sets) / _DECADES])

    def _log_costs(self, sets: Sequence[Params]) -> np.ndarray:
        return np.array([self._verdict(params).log_cost for params in sets])

    def _verdict(self, params: Params) -> Verdict:
        key = _key(params)
        if key not in self._verdicts:
            self._verdicts[key] = self._judge(params)
        return self._verdicts[key]


def _score(trial: FrozenTrial) -> float | None:
    """What is known of a trial's score."""
    if trial.state is TrialState.COMPLETE:
        return float(trial.values[0])
    return trial.user_attrs.get("stopped_bound") if trial.state is TrialState.PRUNED else None


def _key(params: Params) -> tuple[object, ...]:
    return tuple(sorted(params.items()))
