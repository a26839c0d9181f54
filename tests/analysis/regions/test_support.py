from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.regions import Bound, Evidence, SubRange, SubSet
from analysis.regions.cuts import Cut
from analysis.regions.finished import Finished
from analysis.regions.networks import Networks
from analysis.regions.optimism import Optimism
from analysis.regions.support import RULE, Obstacle, Support

_NARROW = Cut("width", SubRange(8, 24), SubRange(32, 64))
_SGD = Cut("opt", SubSet(("sgd",)), SubSet(("adamw",)))


def _drawn(rng, n):
    return pd.DataFrame({"width": rng.integers(1, 9, n) * 8, "opt": rng.choice(["adamw", "sgd"], n).astype(object)})


@pytest.fixture
def support():
    """Of 80 trials, changed as the test says: worse by 0.2 with widths up to 24 and, but in a pocket, with sgd."""

    def make(change=lambda params, log_cost: None, worse=0.2, pocket=0, rule=RULE):
        rng = np.random.default_rng(0)
        params, log_cost = _drawn(rng, 80), rng.uniform(6, 7, 80)
        change(params, log_cost)
        bad = ((params["opt"] == "sgd") & (params["width"] > pocket)) | (params["width"] <= 24)
        below = worse * bad.to_numpy() + rng.normal(0, 0.01, 80)
        yes = np.ones(len(params), dtype=bool)
        known = Finished(np.arange(80), params, 0.8 - below, log_cost, yes, yes, yes, below)
        networks = Networks(_drawn(rng, 500), rng.uniform(6, 7, 500))
        return Support(known, networks, rule=rule, seed=0)

    return make


@pytest.mark.parametrize("cut", [_NARROW, _SGD])
def test_what_is_worse_with_everything_is_supported(support, cut):
    found = support().judge(cut)
    assert isinstance(found, Evidence)
    assert found.n_cut + found.n_kept == 80
    assert found.best_share < found.best_share_limit < 0.1
    assert found.bound.cut < found.bound.kept
    assert found.front_loss == 0


def test_what_is_no_worse_is_not(support):
    assert isinstance(support(worse=0.0).judge(_SGD), Obstacle)


def test_an_end_that_nobody_tried_is_not_cut(support):
    def leave_out_the_smallest(params, log_cost):
        params.loc[params["width"] < 24, "width"] = 24

    assert isinstance(support(leave_out_the_smallest).judge(_NARROW), Obstacle)


def test_what_was_tried_at_some_costs_alone_is_not_cut(support):
    def only_cheap_ones(params, log_cost):
        params.loc[log_cost > 6.5, "opt"] = "adamw"

    assert isinstance(support(only_cheap_ones).judge(_SGD), Obstacle)


def test_a_few_trials_are_not_enough(support):
    def all_but_seven(params, log_cost):
        params.loc[params.index[params["opt"] == "sgd"][7:], "opt"] = "adamw"

    assert isinstance(support(all_but_seven).judge(_SGD), Obstacle)


def test_what_the_surrogate_thinks_may_reach_the_front_stays(support):
    lenient = replace(RULE, best_share=9, band_share=9, front_loss=1)
    assert isinstance(support(rule=lenient).judge(_SGD), Evidence)
    assert isinstance(support(rule=lenient, pocket=40).judge(_SGD), Obstacle)


def test_what_the_best_trials_have_stays_whatever_the_surrogate_thinks(support, monkeypatch):
    monkeypatch.setattr(Optimism, "bound", lambda self, param, part: Bound(-1, 0))
    assert isinstance(support().judge(_SGD), Evidence)
    assert isinstance(support(pocket=40, rule=replace(RULE, front_loss=1)).judge(_SGD), Obstacle)


def test_what_the_front_would_miss_stays(support, monkeypatch):
    monkeypatch.setattr(Optimism, "bound", lambda self, param, part: Bound(-1, 0))
    the_good_one = Cut("opt", SubSet(("adamw",)), SubSet(("sgd",)))
    lenient = replace(RULE, best_share=9, band_share=9)
    assert isinstance(support(rule=lenient).judge(the_good_one), Obstacle)
    assert isinstance(support(rule=replace(lenient, front_loss=1)).judge(the_good_one), Evidence)


def test_a_cut_that_lacks_less_has_passed_more(support):
    nothing_to_see, too_few = support(worse=0.0).judge(_SGD), support(rule=replace(RULE, known=100)).judge(_SGD)
    assert nothing_to_see.passed > too_few.passed
    assert "100 are needed" in too_few.why
