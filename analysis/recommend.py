"""What to build for a budget: the best that was tried, and the best that is predicted among what was not."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.bootstrap import LEVEL, Interval
from analysis.errors import AnalysisError
from analysis.importance.encoding import encode, varies
from analysis.importance.forest import Fold, cross_validate, grow, predict
from analysis.importance.results import TRUSTED_PEARSON
from analysis.trials import COMPLEXITY, Trials
from analysis.words import counted

MIN_TRIALS = 50
_FEWEST_NEIGHBOURS = 40  # of which the second smallest and second largest are about the ends of a 95 % interval
_SHARE_OF_NEIGHBOURS = 0.1
_STEPS = (1.0, 3.0)  # per decade


@dataclass(frozen=True)
class Budget:
    """At most `limit` of what `by` names: an objective or an attribute, for instance flops or params."""

    by: str
    limit: float


@dataclass(frozen=True)
class Prediction:
    """The score that a training is expected to reach.

    Attributes:
        ci95: where the score of one training falls in 95 of 100 cases; it holds what the forest does not know and what
            differs from training to training.
    """

    score: float
    ci95: Interval


@dataclass(frozen=True)
class Tried:
    """The best complete trial within a budget.

    Attributes:
        number: of the trial.
        score: what it reached. The best of many is better by chance, too.
        predicted: what forests that have not seen it expect; None without predictions. They do not know why it was
            chosen: another training of it reaches something between the two.
    """

    number: int
    score: float
    predicted: Prediction | None


@dataclass(frozen=True)
class Untried:
    """The candidate within a budget of which most is predicted.

    Attributes:
        params, attrs: its parameters and complexity.
        predicted: its score.
    """

    params: dict[str, Any]
    attrs: dict[str, Any]
    predicted: Prediction


@dataclass(frozen=True)
class Recommendation:
    """What to build for one budget.

    Attributes:
        trials, candidates: how many are within the budget.
        tried: the best of the trials; None where none is within the budget.
        untried: the best of the candidates; None where there is none, or no prediction.
        worth_trying: whether more is predicted of the candidate than of the best trial, by forests that have not seen
            it. So said, the candidate was the better of the two in 80 % of cases (150 budgets of a known law).
    """

    budget: Budget
    trials: int
    candidates: int
    tried: Tried | None
    untried: Untried | None
    worth_trying: bool


@dataclass(frozen=True)
class Candidates:
    """Architectures that could be trained: parameters and complexity, one row each."""

    params: pd.DataFrame
    attrs: pd.DataFrame


@dataclass(frozen=True)
class Recommendations:
    """One recommendation per budget, and why nothing is predicted, if so."""

    rows: tuple[Recommendation, ...]
    unpredicted: str | None


def budget_ladder(costs: np.ndarray) -> list[float]:
    """Budgets at 1 and 3 of each decade: from the first that some cost is within to the first that all are."""
    told = costs[np.isfinite(costs) & (costs > 0)]
    if not len(told):
        return []
    decades = range(math.floor(math.log10(told.min())), math.ceil(math.log10(told.max())) + 1)
    steps = np.array([float(f"{step}e{decade}") for decade in decades for step in _STEPS])
    first, last = np.searchsorted(steps, [told.min(), told.max()])
    ladder: list[float] = steps[first : last + 1].tolist()
    return ladder


def recommend(
    complete: Trials, budgets: Sequence[Budget], candidates: Candidates | None = None, *, seed: int = 0
) -> Recommendations:
    """For each budget the best trial, and the best candidate by a random forest of the score.

    The forest sees the parameters and the complexity that trials and candidates have in common. The interval of a
    prediction is that of the errors of predictions near it, of trials that the forests had not seen. The largest of
    many predictions is too large, which this makes up for in part: where scores were noisy by 0.01, 93 to 98 % of
    trainings of the candidate were covered, where by 0.03, 86 % (60 to 400 trials, 100 to 200 repeats).

    Args:
        complete: complete trials; the first objective is the score.
        candidates: what could be trained; without any, only trials are recommended.

    Raises:
        AnalysisError: a budget names what trials do not have, or is not above 0.
    """
    costs = {budget.by: _cost(complete, budget) for budget in budgets}
    forecast = _Forecast.of(complete, candidates, seed)
    return Recommendations(
        rows=tuple(_row(complete, candidates, budget, costs[budget.by], forecast) for budget in budgets),
        unpredicted=forecast.reason,
    )


def _cost(complete: Trials, budget: Budget) -> np.ndarray:
    if not (math.isfinite(budget.limit) and budget.limit > 0):
        raise AnalysisError(f"a budget is a number above 0, but {budget.by} is {budget.limit:g}; give another")
    for table in (complete.values, complete.attrs, complete.params):
        if budget.by in table:
            costs: np.ndarray = pd.to_numeric(table[budget.by], errors="coerce").to_numpy(dtype=float)
            return costs
    known = ", ".join([*map(str, complete.values), *map(str, complete.attrs)]) or "nothing"
    raise AnalysisError(f"no trial has {budget.by!r} to make a budget of; these have {known}")


def _row(
    complete: Trials, candidates: Candidates | None, budget: Budget, costs: np.ndarray, forecast: "_Forecast"
) -> Recommendation:
    sign = complete.score.sign
    score = complete.values[complete.score.name].to_numpy(dtype=float)
    within = np.flatnonzero(costs <= budget.limit)
    best = within[np.argmax(sign * score[within])] if len(within) else None
    tried = (
        None if best is None else Tried(int(complete.state.index[best]), float(score[best]), forecast.of_trial(best))
    )
    affordable = _within(candidates, budget)
    untried = None
    if len(affordable) and forecast.candidates is not None and candidates is not None:
        row = affordable[np.argmax(sign * forecast.candidates[affordable])]
        untried = Untried(
            _values(candidates.params, row), _values(candidates.attrs, row), forecast.near(forecast.candidates[row])
        )
    worth = untried is not None and (tried is None or _promises_more(untried.predicted, tried, sign))
    return Recommendation(budget, len(within), len(affordable), tried, untried, worth)


def _within(candidates: Candidates | None, budget: Budget) -> np.ndarray:
    if candidates is None or budget.by not in candidates.attrs:
        return np.empty(0, dtype=int)
    return np.flatnonzero(candidates.attrs[budget.by].to_numpy(dtype=float) <= budget.limit)


def _values(table: pd.DataFrame, row: int) -> dict[str, Any]:
    """What a row holds; NaN is left out, None is a value."""
    values = {str(name): column.iloc[row] for name, column in table.items()}
    return {name: value for name, value in values.items() if not (isinstance(value, float) and math.isnan(value))}


def _promises_more(candidate: Prediction, tried: Tried, sign: float) -> bool:
    """Prediction against prediction: a forest averages, so that it reaches no lucky score."""
    return tried.predicted is not None and sign * candidate.score > sign * tried.predicted.score


@dataclass(frozen=True)
class _Forecast:
    """Predictions of trials by forests that have not seen them, and of candidates by one that has seen all trials."""

    reason: str | None
    trials: np.ndarray | None = None
    candidates: np.ndarray | None = None
    errors: np.ndarray | None = None

    @classmethod
    def of(cls, complete: Trials, candidates: Candidates | None, seed: int) -> "_Forecast":
        n = len(complete)
        if n < MIN_TRIALS:
            return cls(f"{counted(n, 'complete trial')}; predictions need at least {MIN_TRIALS}")
        score = complete.values[complete.score.name].to_numpy(dtype=float)
        inputs = _inputs(complete, candidates)
        if inputs.shape[1] == 0 or np.ptp(score) == 0:
            return cls("no parameter, or not the score, varies among the trials")
        matrix = encode(inputs, seed=seed).matrix
        folds = cross_validate(matrix[:n], score, seed=seed)
        pearson = float(np.mean([fold.pearson for fold in folds]))
        if pearson < TRUSTED_PEARSON:
            return cls(
                f"a random forest predicts these scores poorly (cross-validated r = {pearson:.2f}, below "
                f"{TRUSTED_PEARSON}), so that nothing is predicted of networks that were not tried"
            )
        unseen = _out_of_fold(folds, n)
        forest = grow(matrix[:n], score, seed=seed)
        return cls(None, unseen, predict(forest, matrix[n:]) if len(matrix) > n else None, score - unseen)

    def of_trial(self, row: int) -> Prediction | None:
        return None if self.trials is None else self.near(float(self.trials[row]))

    def near(self, predicted: float) -> Prediction:
        """A prediction with the errors of those trials of which about the same was predicted."""
        assert self.trials is not None and self.errors is not None
        count = max(_FEWEST_NEIGHBOURS, int(len(self.trials) * _SHARE_OF_NEIGHBOURS))
        nearest = np.argsort(np.abs(self.trials - predicted), kind="stable")[:count]
        low, high = np.quantile(self.errors[nearest], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Prediction(float(predicted), (float(predicted + low), float(predicted + high)))


def _inputs(complete: Trials, candidates: Candidates | None) -> pd.DataFrame:
    """Parameters, complexity and cost of the trials, those of the candidates below them; only what varies among trials.

    No other objective, which nobody knows of a candidate.
    """
    known = [name for name in COMPLEXITY if name in complete.attrs and name not in complete.params]
    own = complete.params.join(complete.attrs[known])
    if complete.cost is not None and complete.cost.name not in own:
        own = own.join(complete.values[[complete.cost.name]])
    inputs = own[[name for name in own if varies(own[name])]]
    if candidates is None:
        return inputs
    theirs = candidates.params.join(candidates.attrs).reindex(columns=inputs.columns)
    return pd.concat([inputs.astype(object), theirs.astype(object)], ignore_index=True)


def _out_of_fold(folds: Sequence[Fold], n: int) -> np.ndarray:
    unseen = np.empty(n)
    for fold in folds:
        unseen[fold.held_out] = fold.predicted
    return unseen
