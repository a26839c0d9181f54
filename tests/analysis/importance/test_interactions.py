import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.importance import interactions


def _pairs(found):
    return {one.params: one for one in found}


def test_a_product_interacts_and_a_sum_does_not(uniform_trials):
    """a b + c on 0..1: the joint part is 1/19 of the variance, and 1/7 of what a and b do."""
    params, rng = uniform_trials(1000)
    found = interactions(params, params.a * params.b + params.c + 0.1 * rng.normal(size=1000), ["a", "b", "c"])
    assert [one.params for one in found if one.is_found] == [("a", "b")]
    product = found[0]
    assert product.strength == pytest.approx(1 / 19, abs=0.02)
    assert product.h_squared == pytest.approx(1 / 7, abs=0.03)
    assert product.strength > 10 * product.null_strength
    assert max(one.h_squared for one in found[1:]) < 0.02


def test_of_ishigami_s_parameters_only_the_first_and_third_interact(uniform_trials):
    """Their joint part is 0.24 of the variance (Ishigami and Homma 1990), of which a forest learns a part."""
    params, _ = uniform_trials(800, low=-np.pi, high=np.pi)
    score = np.sin(params.a) + 7 * np.sin(params.b) ** 2 + 0.1 * params.c**4 * np.sin(params.a)
    found = interactions(params, score, ["a", "b", "c"])
    assert [one.params for one in found if one.is_found] == [("a", "c")]
    assert 0.08 <= found[0].strength <= 0.26


def test_noise_is_not_taken_for_an_interaction(uniform_trials):
    for seed in range(2):
        params, rng = uniform_trials(60, seed=seed)
        score = 2 * params.a + 3 * (params.b - 0.3) ** 2 + 0.5 * rng.normal(size=60)
        assert not any(one.is_found for one in interactions(params, score, ["a", "b", "c"], seed=seed))


def test_a_choice_may_interact_with_a_number(uniform_trials):
    params, rng = uniform_trials(300)
    params["optimizer"] = rng.choice(["adamw", "sgd"], 300)
    score = np.where(params.optimizer == "sgd", 1, -1) * params.a + params.b + 0.1 * rng.normal(size=300)
    found = interactions(params, score, ["optimizer", "a", "b"])
    assert [one.params for one in found if one.is_found] == [("optimizer", "a")]


def test_a_family_and_its_own_number_are_no_pair_and_neither_are_numbers_of_two_families():
    rng = np.random.default_rng(0)
    family = rng.choice(["resnet", "convnext"], 200)
    params = pd.DataFrame({"family": family, "lr": rng.random(200)})
    for name in ("resnet", "convnext"):
        params[f"{name}.width"] = np.where(family == name, rng.random(200), np.nan)
    score = pd.Series(rng.normal(size=200))
    found = _pairs(interactions(params, score, ["family", "resnet.width", "convnext.width", "lr"]))
    assert set(found) == {("family", "lr"), ("resnet.width", "lr"), ("convnext.width", "lr")}
    assert found["resnet.width", "lr"].n == (family == "resnet").sum()


def test_the_same_trials_give_the_same_answer_and_trials_without_a_score_count_for_nothing(uniform_trials):
    params, rng = uniform_trials(40)
    score = params.a * params.b + 0.1 * rng.normal(size=40)
    more = pd.concat([params, params.iloc[:5]], ignore_index=True)
    assert interactions(params, score, ["a", "b"]) == interactions(more, score.reindex(more.index), ["a", "b"])


def test_pairs_that_too_few_trials_have_are_left_out(uniform_trials):
    params, _ = uniform_trials(29)
    assert interactions(params, params.a, ["a", "b"]) == ()
    assert interactions(params, params.a, ["a"]) == ()


def test_an_unknown_name_is_refused(uniform_trials):
    params, _ = uniform_trials(40)
    with pytest.raises(AnalysisError, match="depth is no parameter of these trials; choose among a, b, c, d"):
        interactions(params, params.a, ["a", "depth"])
