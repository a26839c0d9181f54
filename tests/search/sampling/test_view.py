import optuna
import pytest
from optuna.samplers import GPSampler, NSGAIISampler, RandomSampler, TPESampler
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.sampling.view import SamplerView

DIRECTIONS = (StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE)

SAMPLERS = {
    "tpe": lambda: TPESampler(seed=0, n_startup_trials=1),
    "tpe-multivariate": lambda: TPESampler(seed=0, multivariate=True, group=True, n_startup_trials=1),
    "nsga2": lambda: NSGAIISampler(seed=0, population_size=4),
    "gp": lambda: GPSampler(seed=0, n_startup_trials=1),
    "random": lambda: RandomSampler(seed=0),
}


def test_costs_are_seen_as_their_logarithm_and_the_study_stays_as_it_is(make_problem):
    problem = make_problem()
    problem.fill(3)
    problem.view.refresh()
    for seen, trial in zip(problem.view.trials, problem.trials, strict=True):
        score, cost = trial.values
        assert seen.values[0] == score
        assert 10 ** seen.values[1] == pytest.approx(cost)
        assert (seen.number, seen.params) == (trial.number, trial.params)


def test_a_trial_that_waits_is_seen_as_running_and_a_failed_one_as_failed(make_problem):
    problem = make_problem()
    problem.fill(1)
    problem.add(problem.trials[0].params, TrialState.WAITING)
    problem.add(problem.trials[0].params, TrialState.FAIL)
    problem.view.refresh()
    assert [trial.state.name for trial in problem.view.trials] == ["COMPLETE", "RUNNING", "FAIL"]
    assert problem.trials[1].state is TrialState.WAITING


@pytest.mark.parametrize("name", SAMPLERS)
def test_no_draft_of_any_sampler_reaches_the_study(make_problem, name):
    problem = make_problem()
    problem.fill(12)
    problem.view.refresh()
    study = problem.view.study(SAMPLERS[name]())
    params = problem.space.suggest(study.ask())
    assert params["family"] == "resnet"
    assert len(problem.trials) == len(problem.view.trials) == 12
    assert all(not trial.system_attrs for trial in problem.trials)
    problem.view.refresh()
    assert problem.view.draft_attrs == {}


def test_what_a_sampler_writes_of_a_draft_can_be_kept_with_it(make_problem):
    problem = make_problem()
    problem.fill(5)
    problem.view.refresh()
    problem.space.suggest(problem.view.study(SAMPLERS["nsga2"]()).ask())
    assert problem.view.draft_attrs == {"NSGAIISampler:generation": 0}


@pytest.mark.parametrize("name", ["tpe", "tpe-multivariate"])
def test_a_rejected_draft_makes_the_next_one_differ(make_problem, name):
    numbers = {"stages": [2, 3, 4], "depth": [1, 2, 3], "width": [8, 16, 32]}
    problem = make_problem({"families": {"resnet": numbers}})
    problem.fill(60)
    problem.view.refresh()
    study = problem.view.study(SAMPLERS[name]())
    drafts = {tuple(problem.space.suggest(study.ask()).values()) for _ in range(20)}
    assert len(drafts) >= 8


def test_finished_trials_are_seen_again_without_being_made_again(make_problem):
    problem = make_problem()
    problem.fill(2)
    problem.view.refresh()
    before = list(problem.view.trials)
    problem.fill(1)
    problem.view.refresh()
    assert all(old is new for old, new in zip(before, problem.view.trials, strict=False))
    assert len(problem.view.trials) == 3


def test_an_excluded_trial_is_seen_as_it_has_become(make_problem):
    problem = make_problem()
    problem.fill(2)
    problem.view.refresh()
    params = problem.trials[0].params
    problem.trials[0] = optuna.trial.create_trial(
        state=TrialState.FAIL, params=params, distributions=problem.trials[0].distributions
    )
    problem.trials[0].number = problem.trials[0]._trial_id = 0
    problem.view.refresh()
    assert [trial.state.name for trial in problem.view.trials] == ["FAIL", "COMPLETE"]


def test_a_training_that_failed_of_itself_is_seen_as_stopped_and_another_failure_as_it_is(make_problem):
    problem = make_problem()
    problem.fill(1)
    for attrs in ({"fail_cause": "diverged"}, {"fail_cause": "out of memory"}, {"fail_cause": "lost"}, {}):
        problem.add(problem.trials[0].params, TrialState.FAIL, user_attrs=attrs)
    problem.view.refresh()
    assert [trial.state.name for trial in problem.view.trials[1:]] == ["PRUNED", "PRUNED", "FAIL", "FAIL"]


def test_of_a_stopped_trial_that_goes_on_the_other_alone_is_seen(make_problem):
    problem = make_problem()
    problem.fill(1)
    params = problem.trials[0].params
    problem.add(params, TrialState.PRUNED)
    problem.add(params, TrialState.PRUNED)
    problem.add(params, TrialState.FAIL, user_attrs={"continues": 1})
    problem.add(params, user_attrs={"continues": 2})
    problem.view.refresh()
    assert [trial.number for trial in problem.view.trials] == [0, 1, 3, 4]


@pytest.mark.parametrize("values", [[float("inf"), 1e6], [0.5, 0.0], [0.5, float("inf")]])
def test_values_that_are_no_numbers_are_not_seen(make_problem, values):
    problem = make_problem()
    problem.fill(2)
    problem.trials[0].values = values
    problem.view.refresh()
    assert [trial.number for trial in problem.view.trials] == [1]


def test_what_the_study_does_not_keep_is_not_seen_and_numbers_go_on_after_the_last(make_problem):
    problem = make_problem()
    problem.fill(3)
    view = SamplerView(lambda: problem.trials, DIRECTIONS, keep=lambda trial: trial.number == 1)
    view.refresh()
    assert [trial.number for trial in view.trials] == [1]
    draft = view.study(SAMPLERS["random"]()).ask()
    assert draft.number == 2


def test_a_sampler_cannot_change_a_study(make_problem):
    view = make_problem().view
    view.refresh()
    for change in (
        lambda: view.create_new_study([]),
        lambda: view.delete_study(0),
        lambda: view.set_study_user_attr(0, "a", 1),
        lambda: view.set_trial_state_values(0, TrialState.COMPLETE, [1.0, 1.0]),
        lambda: view.set_trial_user_attr(0, "a", 1),
        lambda: view.set_trial_intermediate_value(0, 1, 1.0),
    ):
        with pytest.raises(NotImplementedError, match=r"studies are changed by storage.leases"):
            change()
