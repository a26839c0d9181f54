"""Finished trials as evidence: how far each is from the front at its cost, and how it was drawn."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.linear_model import QuantileRegressor

from analysis.importance.draws import drawn_uniformly
from analysis.regions.networks import inside
from analysis.regions.region import Region
from analysis.trials import Trials

_OF_THEMSELVES = ("diverged", "out_of_memory")  # failures that speak against the network, not against the machine
_TOP = 0.9
_FITTED_ON = 2000  # trials


@dataclass(frozen=True)
class Finished:
    """n finished trials.

    Attributes:
        numbers: of the trials, ascending.
        params: n x parameters; NaN where a trial has no such parameter.
        score: larger is better. Of a trial that was stopped early the most that it could have reached, of one whose
            training failed of itself the worst of all.
        log_cost: log10 of the cost.
        complete: whether it was trained to its end.
        blind: whether it was drawn uniformly, so that what it shows is not what a sampler looked for.
        probe: whether it was drawn blindly from the whole space.
        below: distance to the front at its cost, in units of the score; see `distances`.
    """

    numbers: np.ndarray
    params: pd.DataFrame
    score: np.ndarray
    log_cost: np.ndarray
    complete: np.ndarray
    blind: np.ndarray
    probe: np.ndarray
    below: np.ndarray

    def __len__(self) -> int:
        return len(self.numbers)

    def where(self, keep: np.ndarray) -> "Finished":
        """The trials for which `keep` is true."""
        rows = {name: getattr(self, name)[keep] for name in vars(self) if name != "params"}
        return replace(self, params=self.params[keep], **rows)

    def since(self, number: int) -> "Finished":
        """Those of higher numbers."""
        return self.where(self.numbers > number)

    def within(self, region: Region) -> "Finished":
        """Those of a region."""
        return self.where(inside(self.params, region))


def finished_trials(trials: Trials) -> Finished:
    """What speaks for or against parts of the space: trials that are complete, were stopped, or failed of themselves.

    Excluded ones do not, nor those whose cost is not known.
    """
    assert trials.cost is not None
    attrs, sign = trials.attrs, trials.score.sign
    cost = _column(trials, trials.cost.name)
    score = sign * trials.values[trials.score.name].to_numpy(dtype=float)
    complete = (trials.state == "complete").to_numpy() & np.isfinite(score)
    stopped = (trials.state == "pruned").to_numpy()
    failed = (trials.state == "fail").to_numpy() & _texts(attrs, "fail_cause", len(trials)).isin(_OF_THEMSELVES)
    bound = sign * _column(trials, "stopped_bound")
    score = np.where(stopped, bound, score)
    score[failed] = np.nanmin(score[complete | stopped], initial=np.inf)
    kept = (complete | stopped | failed) & np.isfinite(score) & (cost > 0)
    sampler = _texts(attrs, "sampler", len(trials))
    continued = _column(trials, "continues")  # as another trial, because a person wished it
    kept &= ~np.isin(trials.state.index, continued[(trials.state != "fail").to_numpy()])
    blind = drawn_uniformly(sampler).to_numpy() & np.isnan(continued)
    version = _column(trials, "region")
    log_cost = np.log10(cost[kept])
    return Finished(
        numbers=trials.state.index.to_numpy()[kept],
        params=trials.params[kept],
        score=score[kept],
        log_cost=log_cost,
        complete=complete[kept],
        blind=blind[kept],
        probe=(blind & np.isnan(version))[kept],
        below=distances(score[kept], log_cost),
    )


def distances(score: np.ndarray, log_cost: np.ndarray) -> np.ndarray:
    """How far each trial is below the front at its cost; negative above it.

    The front is estimated as the upper decile of the scores, a quadratic in the logarithm of the cost (Koenker &
    Bassett 1978). The staircase of a few trials would not do: the cheapest of all is on it whatever it is.
    """
    if len(score) < 3 or np.ptp(log_cost) == 0:
        return np.max(score, initial=-np.inf) - score
    x = (log_cost - log_cost.mean()) / (log_cost.std() or 1.0)
    features = np.column_stack([x, x**2])
    some = np.random.default_rng(0).permutation(len(score))[:_FITTED_ON]
    front = QuantileRegressor(quantile=_TOP, alpha=0).fit(features[some], score[some]).predict(features)
    below: np.ndarray = front - score
    return below


def _column(trials: Trials, name: str) -> np.ndarray:
    """An objective or attribute as numbers; NaN where a trial has none."""
    attrs = pd.to_numeric(trials.attrs[name], errors="coerce") if name in trials.attrs else None
    told = np.full(len(trials), np.nan) if attrs is None else attrs.to_numpy(dtype=float)
    if name in trials.values:
        values = trials.values[name].to_numpy(dtype=float)
        return np.where(np.isnan(values), told, values)
    return told


def _texts(attrs: pd.DataFrame, name: str, n: int) -> pd.Series:
    return attrs[name] if name in attrs else pd.Series([None] * n, attrs.index, dtype=object)
