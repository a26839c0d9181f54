import numpy as np
import pandas as pd
import pytest

from analysis.regions import SubRange, SubSet
from analysis.regions.finished import Finished
from analysis.regions.networks import Networks
from analysis.regions.optimism import Optimism

_KEPT = SubSet(("adamw",))


@pytest.fixture
def known():
    """120 trials; `below` is for the test to say."""

    def make(below):
        rng = np.random.default_rng(0)
        params = pd.DataFrame(
            {"opt": rng.choice(["adamw", "sgd"], 120).astype(object), "depth": rng.integers(1, 7, 120)}
        )
        yes = np.ones(120, dtype=bool)
        away = below(params) + rng.normal(0, 0.01, 120)
        return Finished(np.arange(120), params, -away, rng.uniform(6, 7, 120), yes, yes, yes, away)

    return make


@pytest.fixture
def networks():
    rng = np.random.default_rng(1)
    params = pd.DataFrame({"opt": rng.choice(["adamw", "sgd"], 400).astype(object), "depth": rng.integers(1, 7, 400)})
    return Networks(params, rng.uniform(6, 7, 400))


def _bound(known, networks, param="opt", part=_KEPT):
    return Optimism(known, networks, np.array([6.5]), seed=0).bound(param, part)


def test_what_is_bad_with_everything_stays_below_the_rest_even_at_best(known, networks):
    found = _bound(known(lambda params: 0.1 * (params["opt"] == "sgd")), networks)
    assert found.cut < found.kept


def test_what_is_good_with_some_may_reach_the_rest(known, networks):
    found = _bound(known(lambda params: 0.1 * ((params["opt"] == "sgd") & (params["depth"] > 2))), networks)
    assert found.cut > found.kept


def test_where_nothing_matters_nothing_stays_below(known, networks):
    found = _bound(known(lambda params: 0.0 * params["depth"]), networks, "depth", SubRange(3, 6))
    assert found.cut > found.kept


def test_without_networks_on_both_sides_there_is_no_bound(known, networks):
    assert _bound(known(lambda params: 0.0 * params["depth"]), networks, "opt", SubSet(("adamw", "sgd"))) is None
