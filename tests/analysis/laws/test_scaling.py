import time

import numpy as np
import pandas as pd
import pytest

from analysis.laws.scaling import Movement, Scale, scaling_rules


def _trials(n=400, seed=0, noise=0.1):
    """The best width grows as FLOPs^0.25, the best number of stages by one per decade; depth and lr do not matter."""
    rng = np.random.default_rng(seed)
    flops = 10 ** rng.uniform(6, 9, n)
    decades = np.log10(flops) - 7.5
    width = 10 ** (1.5 + 0.25 * decades + rng.normal(0, 0.4, n))
    stages = np.clip(np.round(4 + decades + rng.normal(0, 1.2, n)), 1, 8)
    score = -4 * (np.log10(width) - 1.5 - 0.25 * decades) ** 2 - 0.2 * (stages - 4 - decades) ** 2
    params = pd.DataFrame(
        {
            "width": width,
            "stages": stages,
            "lr": 10 ** rng.uniform(-4, -1, n),
            "depth": rng.integers(1, 20, n),
            "family": "resnet",
        }
    )
    return params, pd.Series(flops), pd.Series(score + rng.normal(0, noise, n))


def _rules(*trials, **how):
    return {rule.param: rule for rule in scaling_rules(*trials, **how)}


def test_known_movements_are_found():
    rules = _rules(*_trials())
    assert list(rules) == ["width", "stages", "lr", "depth"]
    assert (rules["width"].movement, rules["width"].scale) == (Movement.UP, Scale.FACTOR)
    assert rules["width"].exponent == pytest.approx(0.25, abs=0.05)
    assert rules["width"].per_decade == pytest.approx(10 ** rules["width"].exponent)
    assert rules["stages"].movement is Movement.UP
    assert rules["lr"].movement is rules["depth"].movement is Movement.STILL
    assert len(rules["width"].flops) == len(rules["width"].values) == 10
    assert rules["width"].values == pytest.approx(
        [10**1.5 * (f / 10**7.5) ** 0.25 for f in rules["width"].flops], rel=0.5
    )


def test_a_parameter_that_shrinks_moves_down():
    params, flops, score = _trials()
    rule = _rules(pd.DataFrame({"narrowness": 1 / params["width"]}), flops, score)["narrowness"]
    assert rule.movement is Movement.DOWN
    assert rule.ci95[0] < rule.per_decade < rule.ci95[1] < 1


@pytest.mark.parametrize("n", [100, 400])
def test_intervals_cover_the_truth_nineteen_times_in_twenty(n):
    found = [_rules(*_trials(n, seed), draws=200, seed=seed) for seed in range(100)]
    for name, truth in (("width", 10**0.25), ("lr", 1.0), ("depth", 1.0)):
        covered = [rules[name].ci95[0] < truth < rules[name].ci95[1] for rules in found]
        assert 0.88 <= np.mean(covered) <= 1
    moved = [rules["width"].movement is Movement.UP for rules in found]
    assert np.mean(moved) > 0.9


def test_counts_that_grow_by_steps_are_told_in_steps():
    """Exactly one stage per decade, from 1 to 7."""
    flops = np.repeat(10.0 ** np.arange(4, 11), 20)
    params = pd.DataFrame({"stages": np.log10(flops) - 3})
    rule = _rules(params, pd.Series(flops), pd.Series(np.arange(140.0)))["stages"]
    assert (rule.scale, rule.exponent) == (Scale.STEP, None)
    assert rule.per_decade == pytest.approx(1, abs=0.02)


def test_values_without_a_logarithm_are_told_in_steps():
    params, flops, score = _trials()
    rule = _rules(pd.DataFrame({"shift": np.log10(params["width"]) - 1.5}), flops, score)["shift"]
    assert rule.scale is Scale.STEP
    assert rule.per_decade == pytest.approx(0.25, abs=0.05)


def test_the_rule_is_a_sentence_to_apply():
    params, flops, score = _trials()
    params["rare"] = np.where(np.arange(len(params)) < 5, np.arange(len(params)), np.nan)
    rules = scaling_rules(params[["depth", "width", "rare"]], flops, score)
    by_name = {rule.param: rule for rule in rules}
    change, low, high = (x ** np.log10(2) for x in (by_name["width"].per_decade, *by_name["width"].ci95))
    assert [rule.sentence for rule in rules] == [
        "depth does not move",
        f"multiply width by {change:.2f} ({low:.2f} to {high:.2f})",
        "too few trials have rare",
    ]
    assert by_name["rare"].n == 5


def test_trials_without_the_parameter_do_not_count():
    params, flops, score = _trials()
    absent = np.random.default_rng(0).random(len(params)) < 0.5
    there = _rules(params[~absent][["width"]], flops[~absent], score[~absent])
    assert _rules(pd.DataFrame({"width": params["width"].mask(absent)}), flops, score) == there


def test_trials_without_a_score_or_flops_are_left_out():
    params, flops, score = _trials()
    flops.iloc[:3], score.iloc[3:6] = [np.nan, 0, np.inf], np.nan
    assert _rules(params, flops, score)["width"].n == len(params) - 6


def test_too_few_trials_are_said():
    rules = _rules(*_trials(31))
    assert {rule.movement for rule in rules.values()} == {Movement.TOO_FEW}
    assert scaling_rules(pd.DataFrame({"same": [1.0] * 50}), *_trials(50)[1:]) == ()


def test_costs_that_hardly_differ_make_no_rule_for_ten_times_as_much():
    params, flops, score = _trials()
    rules = _rules(params, 1e8 * (flops / flops.mean()) ** 1e-3, score)
    assert {rule.movement for rule in rules.values()} == {Movement.TOO_FEW}


def test_ten_thousand_trials_take_moments():
    params, flops, score = _trials(10_000)
    wide = pd.concat([params] + [params[["lr"]].add_suffix(str(i)) for i in range(6)], axis=1)
    began = time.process_time()
    assert len(scaling_rules(wide, flops, score)) == 10
    assert time.process_time() - began < 4


def test_the_same_seed_gives_the_same_rules():
    assert scaling_rules(*_trials(), seed=1) == scaling_rules(*_trials(), seed=1)
