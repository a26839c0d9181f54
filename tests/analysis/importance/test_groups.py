import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.importance import Status, drawn_uniformly, importance, importance_by


def _optimizers(n=1000, seed=0):
    """What counts, and how much of the score is noise, differ as in NabJa/scaling-ecg-models."""
    rng = np.random.default_rng(seed)
    params = pd.DataFrame(rng.uniform(size=(n, 3)), columns=["stages", "w_m", "lr"])
    params["optimizer"] = rng.choice(["sgd", "sgd-m", "adamw"], n, p=[0.3, 0.5, 0.2])
    groups = params["optimizer"]
    signal = np.select([groups == "sgd", groups == "sgd-m"], [-2 * params.stages, 2 * params.w_m], 2 * params.lr)
    noise = groups.map({"sgd": 0.2, "sgd-m": 0.25, "adamw": 1.2}).to_numpy()
    return params, pd.Series(signal + noise * rng.normal(size=n))


def test_each_group_is_ranked_and_judged_on_its_own():
    params, score = _optimizers()
    found = importance_by(params, score, params["optimizer"])
    assert list(found) == ["sgd-m", "sgd", "adamw"]
    assert found["sgd"].params[0].param == "stages"
    assert found["sgd"].params[0].spearman < -0.8
    assert found["sgd-m"].params[0].param == "w_m"
    assert (found["sgd"].trusted, found["sgd-m"].trusted, found["adamw"].trusted) == (True, True, False)
    assert sum(one.n for one in found.values()) == 1000


def test_a_group_is_ranked_as_its_trials_alone_would_be():
    params, score = _optimizers(200)
    own = params["optimizer"] == "sgd"
    assert importance_by(params, score, params["optimizer"])["sgd"] == importance(params[own], score[own])


def test_parameters_of_other_families_are_no_part_of_a_family(family_trials):
    params, score = family_trials()
    found = importance_by(params, score, params["family"])
    assert {row.param for row in found["resnet"].params} == {"train.lr", "noise"}
    assert found["resnet"].left_out == ("family",)
    assert {row.param for row in found["convnext"].params} == {"train.lr", "noise", "convnext.width"}


def test_a_small_group_says_so_and_a_trial_without_a_group_is_in_none(family_trials):
    params, score = family_trials(60)
    groups = pd.Series(["many"] * 40 + ["few"] * 15 + [None] * 5, dtype=object)
    found = importance_by(params, score, groups)
    assert {name: one.n for name, one in found.items()} == {"many": 40, "few": 15}
    assert found["few"].status is Status.TOO_FEW_TRIALS


def test_trials_drawn_uniformly_can_be_ranked_alone(family_trials):
    params, score = family_trials(100)
    samplers = pd.Series(["uniform", "tpe"] * 50)
    found = importance_by(params, score, drawn_uniformly(samplers), samplers=samplers)
    assert found["True"].caveats == ()
    assert found["True"].draws.n_uniform == 50
    assert "sampler that learns" in found["False"].caveats[0]


def test_groups_of_other_trials_are_refused(family_trials):
    params, score = family_trials(40)
    with pytest.raises(AnalysisError, match="same trials"):
        importance_by(params, score, params["family"].iloc[:-1])
