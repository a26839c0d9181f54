"""The planted spaces of benchmarks/bench_narrowing.py, which has the figures of 200 runs each."""

from itertools import islice

import pandas as pd
import pytest
from answering_search import AnsweringSearch
from planted_spaces import Planted, drift, interaction, nothing, useless_half

from analysis.recommend import Candidates
from analysis.regions import Kind, Region, SubSet, current, review_region, undo

_SGD = SubSet(("sgd",))


def _search(penalty, seed, trials, sampler="random"):
    search = AnsweringSearch(Planted(penalty, seed), sampler, seed=seed, narrow=True)
    list(islice(search.run(), trials + 1))
    return search


def _changes(search, kind):
    return [change for review in search.history for change in review.changes if change.kind is kind]


def _cuts_sgd(search):
    return any(change.removed == _SGD for change in _changes(search, Kind.CUT))


def test_a_useless_half_is_cut_within_100_trials():
    assert sum(_cuts_sgd(_search(useless_half, seed, 100)) for seed in range(4)) >= 3


def test_where_there_is_nothing_to_cut_nothing_is_cut():
    assert sum(bool(_changes(_search(nothing, seed, 125), Kind.CUT)) for seed in range(4)) <= 1


def test_a_value_that_is_good_with_another_is_kept():
    assert sum(_cuts_sgd(_search(interaction, seed, 100)) for seed in range(4)) <= 1


def test_a_cut_that_early_trials_misled_to_is_given_back():
    searches = [_search(drift, seed, 150) for seed in range(3)]
    misled = [search for search in searches if _cuts_sgd(search)]
    assert misled
    assert all(any(change.param == "train.optimizer" for change in _changes(s, Kind.REOPENED)) for s in misled)


def test_a_sampler_that_learns_is_no_evidence_against_what_it_avoids():
    assert not _changes(_search(nothing, 0, 100, "tpe"), Kind.CUT)


@pytest.fixture(scope="module")
def narrowed():
    """A search whose region was narrowed."""
    search = _search(useless_half, 0, 100)
    assert not current(search.history).is_whole
    return search


def test_what_the_held_out_trials_do_not_confirm_is_withdrawn_and_recorded():
    """Among the trials that propose one optimiser is bad, among those with odd numbers both are alike."""

    def half(params, number, rng):
        return useless_half(params, number, rng) if number % 2 == 0 else 0.0

    trials, ground = AnsweringSearch(Planted(half, 0), "random", seed=0, narrow=False), Planted(half)
    list(islice(trials.run(), 100))
    found = review_region(trials.table(), ground.wide, [], ground.candidates)
    (withdrawn,) = [change for change in found.changes if change.removed == _SGD]
    assert withdrawn.kind is Kind.WITHDRAWN
    assert withdrawn.evidence.check.p_value > 0.01
    assert found.region.is_whole
    assert not found.moved


def test_a_choice_that_is_withdrawn_does_not_keep_another_from_being_cut():
    """Among the trials that propose kernel 7 is bad, too."""

    def penalty(params, number, rng):
        return 0.2 * (params["planted.kernel"] == 15 or (params["planted.kernel"] == 7 and number % 2 == 0))

    search = AnsweringSearch(Planted(penalty, 0), "random", seed=0, narrow=False)
    list(islice(search.run(), 150))
    found = review_region(search.table(), Planted(penalty).wide, [], Planted(penalty).candidates)
    assert {change.removed: change.kind for change in found.changes} == {
        SubSet((15,)): Kind.CUT,
        SubSet((7,)): Kind.WITHDRAWN,
    }


def test_without_networks_nothing_is_cut(narrowed):
    nothing_left = Candidates(pd.DataFrame({"train.optimizer": []}), pd.DataFrame({"flops": []}))
    assert not review_region(narrowed.table(), Planted(useless_half).wide, [], nothing_left).moved


def test_every_trial_but_the_probes_lies_in_the_region_in_force(narrowed):
    within = [trial for trial in narrowed.trials if trial.user_attrs["region"]]
    probes = [trial for trial in narrowed.trials if trial.user_attrs["sampler"] == "uniform"]
    assert within and probes
    for trial in within:
        assert trial.params in narrowed.history[trial.user_attrs["region"] - 1].region
    assert all(trial.user_attrs["region"] is None for trial in probes)


def test_the_evidence_holds_what_the_cut_rests_on(narrowed):
    evidence = next(change.evidence for change in _changes(narrowed, Kind.CUT) if change.removed == _SGD)
    assert evidence.n_cut >= 8
    assert evidence.best_share_limit <= 0.5 * evidence.n_cut / (evidence.n_cut + evidence.n_kept)
    assert evidence.bound.cut < evidence.bound.kept
    assert evidence.check.p_value <= 0.01
    assert evidence.front_loss <= 0.02


def test_the_same_trials_are_reviewed_alike(narrowed):
    assert narrowed.review() == narrowed.review()


def test_undoing_steps_back_one_region_at_a_time(narrowed):
    trials, wide, history = narrowed.table(), Planted(useless_half).wide, list(narrowed.history)
    regions = []
    while (undone := undo(trials, wide, history)) is not None:
        assert undone.by == "person"
        history.append(undone)
        regions.append(undone.region)
    before = [Region(), *(review.region for review in narrowed.history if review.moved)]
    assert regions == before[-2::-1]


def test_what_was_undone_is_not_cut_again_on_the_same_evidence(narrowed):
    trials, wide = narrowed.table(), Planted(useless_half).wide
    history = list(narrowed.history)
    while (undone := undo(trials, wide, history)) is not None:
        history.append(undone)
    narrowed_again = AnsweringSearch(Planted(useless_half, 0), "random", seed=0, narrow=True)
    narrowed_again.trials, narrowed_again.history = narrowed.trials, history
    assert not narrowed_again.review().moved
