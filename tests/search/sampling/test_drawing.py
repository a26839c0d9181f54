import itertools
from collections import Counter

import numpy as np
import pytest
from optuna.trial import TrialState

from analysis.regions import Region, SubRange, SubSet
from search.sampling.drawing import Sampling
from search.sampling.strategies import make_strategy
from search.sampling.strategy import Proposal

SMALL = {"families": {"resnet": {"stages": [2, 3], "depth": [1, 2, 3, 4, 5], "width": [8, 16, 24, 32]}}}
FAST = ["default", "random", "tpe", "tpe-multivariate", "nsga2", "known-cost"]


def sampling_of(problem, name="default", seed=0):
    strategy = make_strategy(name, problem.space, problem.judge)
    return Sampling(problem.space, problem.judge, problem.view, strategy, seed=seed)


def search(problem, sampling, trials):
    """Draw, train, and so on; the proposals and what was dropped."""
    found, dropped = [], Counter()
    for index in range(trials):
        drawing = sampling.draw(index)
        proposal = next(iter(drawing), None)
        dropped.update(drawing.dropped)
        if proposal is None:
            break
        found.append(proposal)
        problem.add(proposal.params, system_attrs=dict(proposal.attrs))
    return found, dropped


@pytest.mark.parametrize("name", FAST)
def test_nothing_is_tried_twice_and_the_draws_end_with_the_space(make_problem, name):
    problem = make_problem(SMALL)
    sampling = sampling_of(problem, name)
    found, dropped = search(problem, sampling, 60)
    assert len({tuple(proposal.params.values()) for proposal in found}) == len(found) == 40
    assert dropped["repeated"] > 0
    drawing = sampling.draw(41)
    assert list(drawing) == []
    assert drawing.is_empty


@pytest.mark.parametrize("name", FAST)
def test_nothing_beyond_the_budget_is_proposed_however_little_is_within(make_problem, name):
    problem = make_problem(budget=2e5)
    rng = np.random.default_rng(0)
    beyond = sum(problem.cost(problem.space.draw(rng)) > 2e5 for _ in range(500)) / 500
    assert beyond > 0.4
    found, dropped = search(problem, sampling_of(problem, name), 40)
    assert len(found) == 40
    assert all(problem.cost(proposal.params) <= 2e5 for proposal in found)
    if name != "known-cost":  # which looks at costs first
        assert dropped["over_budget"] > 0


@pytest.mark.parametrize("name", FAST)
def test_fallbacks_are_rare_where_half_the_space_is_within_the_budget(make_problem, name):
    problem = make_problem(budget=2e5)
    found, _ = search(problem, sampling_of(problem, name), 60)
    assert sum(proposal.fallback for proposal in found) <= 0.1 * 60


def test_the_first_draws_and_a_share_of_all_are_uniform(make_problem):
    problem = make_problem()
    found, _ = search(problem, sampling_of(problem, "tpe"), 110)
    drawn_by = [proposal.sampler for proposal in found]
    assert set(drawn_by[:10]) == {"uniform"}
    assert 5 <= drawn_by[10:].count("uniform") <= 26  # 15 of 100; beyond four deviations it is another share
    assert set(drawn_by[10:]) == {"uniform", "tpe"}


def test_the_same_trials_and_index_give_the_same_draw_and_another_index_another(make_problem):
    first, again = make_problem(), make_problem()
    first.fill(15)
    again.fill(15)

    def params(problem, index):
        return next(iter(sampling_of(problem).draw(index))).params

    assert params(first, 5) == params(again, 5)
    assert len({tuple(params(first, index).values()) for index in range(5)}) > 1


def test_a_study_that_draws_at_random_says_so(make_problem):
    found, _ = search(make_problem(), sampling_of(make_problem(), "random"), 5)
    assert {proposal.sampler for proposal in found} == {"random"}


def test_replicates_are_drawn_where_the_space_has_seeds(make_problem):
    problem = make_problem({"families": {"resnet": {"stages": [2, 3]}}, "train": {"seed": [0, 1, 2]}})
    found, _ = search(problem, sampling_of(problem), 20)
    assert sorted((p.params["resnet.stages"], p.params["train.seed"]) for p in found) == list(
        itertools.product([2, 3], [0, 1, 2])
    )


def test_the_last_set_of_thousands_is_found(make_problem):
    numbers = {"stages": [2, 3, 4], "depth": {"low": 1, "high": 12}, "width": {"low": 8, "high": 64}}
    problem = make_problem({"families": {"resnet": numbers}})
    everything = [
        {"family": "resnet", "resnet.stages": stages, "resnet.depth": depth, "resnet.width": width}
        for stages in (2, 3, 4)
        for depth in range(1, 13)
        for width in range(8, 65)
    ]
    last = everything.pop(777)
    for params in everything:
        problem.add(params, TrialState.FAIL)
    drawing = sampling_of(problem).draw(0)
    assert [proposal.params for proposal in drawing] == [last]
    assert drawing.is_empty


def test_every_trial_is_a_repetition_but_an_excluded_one(make_problem):
    problem = make_problem({"families": {"resnet": {"stages": [2, 3, 4, 5, 6]}}})
    states = (TrialState.COMPLETE, TrialState.RUNNING, TrialState.PRUNED, TrialState.FAIL)
    for stages, state in enumerate(states, 2):
        problem.add({"family": "resnet", "resnet.stages": stages}, state)
    problem.add({"family": "resnet", "resnet.stages": 6}, TrialState.FAIL, user_attrs={"excluded": "a bad GPU"})
    drawing = sampling_of(problem).draw(0)
    assert [proposal.params["resnet.stages"] for proposal in drawing] == [6]


@pytest.mark.parametrize("name", ["default", "known-cost"])
def test_where_trainings_diverge_is_avoided(make_problem, name):
    problem = make_problem()
    sampling = sampling_of(problem, name)
    drawn = []
    for index in range(80):
        params = next(iter(sampling.draw(index))).params
        fails = params["train.lr"] > 0.0025
        more = {"user_attrs": {"fail_cause": "diverged"}} if fails else {}
        problem.add(params, TrialState.FAIL if fails else TrialState.COMPLETE, **more)
        drawn.append(fails)
    assert sum(drawn[30:]) < 0.4 * 50  # uniformly 60 %, and 15 % are drawn so


@pytest.mark.parametrize("name", FAST)
def test_a_worker_that_has_drawn_often_draws_as_a_new_one(make_problem, name):
    problem = make_problem()
    old = sampling_of(problem, name)
    for index in range(70):
        params = next(iter(old.draw(index))).params
        assert params == next(iter(sampling_of(problem, name).draw(index))).params
        problem.add(params)


def test_a_worker_told_to_stop_draws_nothing_and_the_space_is_not_said_to_be_empty(make_problem):
    problem = make_problem()
    drawing = sampling_of(problem).draw(0, stop=lambda: True)
    assert list(drawing) == []
    assert not drawing.is_empty


def test_what_somebody_else_has_tried_meanwhile_is_not_proposed_again(make_problem):
    problem = make_problem({"families": {"resnet": {"stages": [2, 3]}}})
    drawing = sampling_of(problem).draw(0)
    proposals = iter(drawing)
    first = next(proposals)
    drawing.repeated(first)
    second = next(proposals)
    assert first.params != second.params
    assert drawing.dropped == {"repeated": 1}


def test_a_family_of_which_little_is_within_the_budget_is_drawn_as_often_as_the_others(make_problem):
    numbers = {"width": {"low": 8, "high": 64}, "depth": {"low": 1, "high": 6}}
    problem = make_problem({"families": {"resnet": numbers, "convnext": numbers}}, budget=9e4)  # convnext costs thrice
    drawn_by = Counter(next(iter(sampling_of(problem, "random").draw(index))).params["family"] for index in range(200))
    assert 70 <= drawn_by["convnext"] <= 130


class Stubborn:
    """Proposes the same for ever."""

    name = "stubborn"

    def __init__(self, params):
        self._params = params

    def propose(self, view, rng):
        while True:
            yield Proposal(self._params, "stubborn")


def test_a_sampler_without_a_new_idea_is_given_up_for_a_uniform_draw(make_problem):
    problem = make_problem()
    problem.fill(12)
    stubborn = Stubborn(problem.trials[0].params)
    sampling = Sampling(problem.space, problem.judge, problem.view, stubborn, seed=0)
    drawings = [sampling.draw(index) for index in range(30)]
    found = [(next(iter(drawing)), drawing.dropped["repeated"]) for drawing in drawings]
    asked = [(proposal, repeated) for proposal, repeated in found if proposal.sampler == "stubborn"]
    assert len(asked) >= 15
    assert all(proposal.fallback and repeated == 20 for proposal, repeated in asked)


def test_a_space_without_end_is_given_up_at_last(make_problem):
    problem = make_problem({"families": {"resnet": {"stages": [2]}}, "train": {"lr": {"low": 0.001, "high": 0.01}}})
    problem.fill(1)  # to this judge a learning rate makes no other training
    drawing = sampling_of(problem).draw(0)
    assert list(drawing) == []
    assert drawing.dropped["repeated"] >= 1000
    assert not drawing.is_empty


NARROW = Region({"resnet.width": SubRange(8, 20), "resnet.stages": SubRange(2, 3)})


def drawn_within(problem, name, region, count=60, narrows=True):
    """Proposals after 30 uniform trials, with their trials made at once."""
    problem.fill(30)
    strategy = make_strategy(name, problem.space, problem.judge)
    sampling = Sampling(problem.space, problem.judge, problem.view, strategy, seed=0, narrows=narrows)
    found, dropped = [], Counter()
    for index in range(count):
        drawing = sampling.draw(index, region=region)
        proposal = next(iter(drawing))
        dropped.update(drawing.dropped)
        found.append(proposal)
        problem.add(proposal.params)
    return found, dropped


@pytest.mark.parametrize("name", FAST)
def test_within_a_region_all_but_the_probes_lie_in_it(make_problem, name):
    problem = make_problem()
    found, dropped = drawn_within(problem, name, NARROW, count=60 if name == "random" else 12)
    probes = [proposal for proposal in found if proposal.sampler == "uniform"]
    assert not any(probe.narrowed for probe in probes)
    assert sum(probe.params in NARROW for probe in probes) < max(1, len(probes))
    others = [proposal for proposal in found if proposal.sampler != "uniform"]
    assert all(proposal.narrowed and proposal.params in NARROW for proposal in others)
    assert all(problem.space.contains(proposal.params) for proposal in found)
    if name in ("tpe", "tpe-multivariate", "nsga2"):
        assert dropped["outside_region"] > 0
    if name == "random":
        assert 2 <= len(probes) <= 18  # 15 % of 60


def test_what_optunas_samplers_see_is_of_the_whole_space(make_problem, monkeypatch):
    """They lose what they know of a parameter whose range has changed."""
    problem, asked = make_problem(), []
    suggest = type(problem.space).suggest
    monkeypatch.setattr(
        type(problem.space), "suggest", lambda space, trial: asked.append(trial) or suggest(space, trial)
    )
    drawn_within(problem, "tpe-multivariate", NARROW, count=5)
    assert len(asked) >= 4
    assert {trial.distributions["resnet.width"] for trial in asked} == {problem.space.distribution("resnet.width")}


def test_random_draws_of_a_study_that_narrows_have_probes_before_anything_is_cut(make_problem):
    problem = make_problem()
    before, _ = drawn_within(make_problem(), "random", Region(), narrows=False)
    found, _ = drawn_within(problem, "random", Region())
    assert Counter(proposal.sampler for proposal in found).keys() == {"random", "uniform"}
    assert [proposal.params for proposal in found] == [proposal.params for proposal in before]
    assert not any(proposal.narrowed for proposal in found)


@pytest.mark.parametrize("name", ["random", "nsga2", "known-cost"])
def test_a_region_with_nothing_left_is_left_for_the_whole_space(make_problem, name):
    problem = make_problem(SMALL)
    sampling = sampling_of(problem, name)
    corner = Region({"resnet.width": SubSet((8,)), "resnet.stages": SubSet((2,))})
    narrowed = []
    for index in range(60):
        drawing = sampling.draw(index, region=corner)
        proposal = next(iter(drawing), None)
        if proposal is None:
            break
        narrowed.append(proposal.narrowed)
        assert not proposal.narrowed or proposal.params in corner
        problem.add(proposal.params)
    assert drawing.is_empty
    assert len(narrowed) == 40
    assert sum(narrowed) <= 5
    if name == "random":
        assert narrowed.index(False) >= 1
        assert sum(narrowed[:8]) >= 4


def test_a_region_of_one_family_leaves_the_other_to_the_probes(make_problem):
    numbers = {"width": {"low": 8, "high": 64}, "depth": {"low": 1, "high": 6}}
    problem = make_problem({"families": {"resnet": numbers, "convnext": numbers}})
    family = Region({"family": SubSet(("resnet",))})
    found = drawn_within(problem, "random", family)[0] + drawn_within(problem, "known-cost", family, count=4)[0]
    assert {proposal.params["family"] for proposal in found if proposal.narrowed} == {"resnet"}
    assert {proposal.params["family"] for proposal in found if not proposal.narrowed} == {"resnet", "convnext"}


def test_a_region_that_no_trial_lies_in_is_searched_too(make_problem):
    problem = make_problem()
    far = Region({"resnet.width": SubRange(64, 64), "train.lr": SubRange(0.0099, 0.01)})
    found, _ = drawn_within(problem, "known-cost", far, count=4)
    assert {proposal.params["resnet.width"] for proposal in found if proposal.narrowed} == {64}


@pytest.mark.parametrize("name", ["default", "random"])
def test_a_worker_that_has_seen_other_regions_draws_as_a_new_one(make_problem, name):
    problem = make_problem()
    problem.fill(20)
    old = sampling_of(problem, name)
    for index, region in enumerate([Region(), NARROW, NARROW.but("resnet.stages", None), Region(), NARROW]):
        params = next(iter(old.draw(index, region=region))).params
        assert params == next(iter(sampling_of(problem, name).draw(index, region=region))).params
        problem.add(params)
