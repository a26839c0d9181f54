"""A small search problem whose scores are known."""

import math

import numpy as np
import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState, create_trial

from search.sampling.strategy import Verdict
from search.sampling.view import SamplerView
from search.space import make_space

DIRECTIONS = (StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE)


class Problem:
    """A space, its judge and the trials so far; the cost grows with depth and width, the score with the cost."""

    def __init__(self, space, budget=math.inf):
        self.space = make_space(space, source="the test's space")
        self.budget = budget
        self.trials = []
        self.view = SamplerView(lambda: self.trials, DIRECTIONS, log_axes=(False, True))

    def cost(self, params):
        numbers = [value for name, value in params.items() if name.startswith("resnet.") and isinstance(value, int)]
        return 1000.0 * math.prod(numbers) * (1 if params["family"] == "resnet" else 3)

    def score(self, params):
        return 0.5 + 0.05 * math.log10(self.cost(params)) - abs(math.log10(params.get("train.lr", 0.003) / 0.003)) / 10

    def judge(self, params):
        architecture = sorted((name, value) for name, value in params.items() if name != "train.lr")
        problem = "over_budget" if self.cost(params) > self.budget else None
        return Verdict(repr(architecture), math.log10(self.cost(params)), problem)

    def add(self, params, state=TrialState.COMPLETE, **more):
        """A trial of the study; `more` as `create_trial` takes it."""
        values = [self.score(params), self.cost(params)] if state is TrialState.COMPLETE else None
        kinds = {name: self.space.distribution(name) for name in params}
        trial = create_trial(state=state, values=values, params=dict(params), distributions=kinds, **more)
        trial.number = trial._trial_id = len(self.trials)
        self.trials.append(trial)
        return trial

    def fill(self, count, seed=0):
        rng = np.random.default_rng(seed)
        for _ in range(count):
            self.add(self.space.draw(rng))


@pytest.fixture
def make_problem():
    def make(space=None, budget=math.inf):
        numbers = {"stages": {"low": 2, "high": 4}, "depth": {"low": 1, "high": 3}, "width": {"low": 8, "high": 64}}
        whole = {"families": {"resnet": numbers}, "train": {"lr": {"low": 1e-3, "high": 1e-2, "log": True}}}
        return Problem(space or whole, budget)

    return make
