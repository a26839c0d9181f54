import numpy as np
import pandas as pd
import pytest

from analysis.importance.draws import Drawn, Draws, count_draws, drawn_uniformly, samplers_of


@pytest.mark.parametrize(
    ("samplers", "how", "n_uniform"),
    [
        (["uniform", "random", "random"], Drawn.UNIFORMLY, 3),
        (["tpe", "known-cost", "nsga2"], Drawn.ADAPTIVELY, 0),
        (["tpe", "uniform", "tpe"], Drawn.MIXED, 1),
        (["tpe", None, "tpe"], Drawn.MIXED, 0),
        ([None, np.nan, None], Drawn.UNKNOWN, 0),
    ],
)
def test_who_drew_the_trials_is_told(samplers, how, n_uniform):
    draws = count_draws(pd.Series(samplers, dtype=object), 3)
    assert (draws.how, draws.n_uniform) == (how, n_uniform)
    assert bool(draws.caveat) is (how is not Drawn.UNIFORMLY)


def test_without_names_it_is_unknown_and_said():
    draws = count_draws(None, 20)
    assert draws == Draws(20, 0, 20)
    assert draws.caveat.startswith("It is not known")


def test_a_mixture_says_how_many_were_drawn_uniformly():
    assert "2 of these 5 trials were drawn uniformly" in Draws(5, 2, 0).caveat


def test_a_trial_without_a_sampler_is_not_taken_for_a_uniform_draw():
    assert drawn_uniformly(pd.Series(["uniform", None, "tpe", "random"], dtype=object)).tolist() == [1, 0, 0, 1]


def test_what_was_drawn_from_a_part_of_the_space_is_no_uniform_draw():
    attrs = pd.DataFrame(
        {
            "sampler": ["random", "random", "uniform", "random", "random"],
            "region": [None, 2, None, None, None],
            "arm": [None, None, None, "wide", "narrowed"],
        }
    )
    assert drawn_uniformly(samplers_of(attrs)).tolist() == [True, False, True, True, False]
    assert samplers_of(attrs.drop(columns="sampler")) is None
