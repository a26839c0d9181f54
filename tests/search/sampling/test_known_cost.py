from itertools import islice

import numpy as np
from optuna.trial import TrialState

from search.sampling.known_cost import KnownCost


def proposals(problem, count, seed=0):
    problem.view.refresh()
    strategy = KnownCost(problem.space, problem.judge)
    return list(islice(strategy.propose(problem.view, np.random.default_rng(seed)), count))


def test_it_learns_which_learning_rate_is_good(make_problem):
    problem = make_problem()
    problem.fill(40)
    rates = [proposal.params["train.lr"] for proposal in proposals(problem, 10)]
    assert all(0.002 < rate < 0.0045 for rate in rates)  # the best is 0.003, of 0.001 to 0.01


def test_it_proposes_what_is_new_and_within_the_budget_the_best_first(make_problem):
    problem = make_problem(budget=2e5)
    problem.fill(30)
    found = proposals(problem, 50)
    tried = {tuple(sorted(trial.params.items())) for trial in problem.trials}
    keys = [tuple(sorted(proposal.params.items())) for proposal in found]
    assert len(set(keys)) == 50
    assert not tried & set(keys)
    assert all(problem.cost(proposal.params) <= 2e5 for proposal in found)


def test_it_keeps_away_from_what_is_under_way(make_problem):
    problem = make_problem()
    problem.fill(30)
    first = proposals(problem, 1)[0]
    problem.add(first.params, TrialState.RUNNING)
    second = proposals(problem, 1)[0]
    costs = [np.log10(problem.cost(one.params)) for one in (first, second)]
    assert abs(costs[0] - costs[1]) > 0.05


def test_a_training_that_failed_badly_does_not_spoil_the_surrogate(make_problem):
    problem = make_problem()
    problem.fill(40)
    problem.trials[7].values = [-50.0, problem.trials[7].values[1]]
    rates = [proposal.params["train.lr"] for proposal in proposals(problem, 10)]
    assert all(0.0018 < rate < 0.005 for rate in rates)


def test_a_stopped_trial_counts_with_the_most_it_could_have_reached(make_problem):
    """High rates alone were trained to their end, which says that lower ones are better; the stopped ones say no."""
    problem = make_problem()
    rng = np.random.default_rng(1)
    drawn = [problem.space.draw(rng) for _ in range(60)]
    for params in drawn:
        if params["train.lr"] > 0.005:
            problem.add(params)
    assert min(proposal.params["train.lr"] for proposal in proposals(problem, 10)) < 0.004
    for params in drawn:
        if params["train.lr"] <= 0.005:
            problem.add(params, TrialState.PRUNED, user_attrs={"stopped_bound": 0.4})
    assert min(proposal.params["train.lr"] for proposal in proposals(problem, 10)) > 0.004
