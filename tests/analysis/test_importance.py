import numpy as np
import pandas as pd
import pytest

from analysis.importance import MIN_TRIALS, _rank_correlation, importance


def _trials(n=90, seed=0):
    """The score depends on lr, on the family, and within convnext on its width; not on noise."""
    rng = np.random.default_rng(seed)
    family = rng.choice(["resnet", "convnext"], n)
    lr = rng.uniform(0, 1, n)
    width = rng.integers(1, 9, n)
    params = pd.DataFrame(
        {
            "family": family,
            "train.lr": lr,
            "convnext.width": [int(w) if f == "convnext" else np.nan for w, f in zip(width, family, strict=True)],
            "noise": rng.normal(size=n),
        },
        dtype=object,
    )
    score = 2 * lr + 0.6 * (family == "resnet") - 0.2 * np.where(family == "convnext", width / 8, 0)
    return params, pd.Series(score + 0.02 * rng.normal(size=n))


def test_known_shares_come_in_their_order():
    found = importance(*_trials())
    assert [row.param for row in found.params][:2] == ["train.lr", "family"]
    assert found.cv_pearson_mean > 0.9
    assert found.trusted
    assert sum(row.gini for row in found.params) == pytest.approx(1)


def test_the_sign_of_the_rank_correlation_is_that_of_the_effect():
    rows = {row.param: row for row in importance(*_trials(300)).params}
    assert rows["train.lr"].spearman > 0.8
    assert rows["train.lr"].spearman_ci95[0] > 0


def test_the_interval_of_no_effect_contains_zero_nineteen_times_in_twenty():
    rng = np.random.default_rng(0)
    intervals = [
        _rank_correlation(pd.Series(rng.normal(size=40), name="x"), pd.Series(rng.normal(size=40)), ["x"], seed)[1]
        for seed in range(60)
    ]
    assert 0.85 <= np.mean([low < 0 < high for low, high in intervals]) <= 1.0


def test_no_order_is_invented_for_categories():
    rows = {row.param: row for row in importance(*_trials()).params}
    assert (rows["family"].spearman, rows["family"].spearman_ci95) == (None, None)


def test_a_score_of_pure_noise_is_not_trusted():
    params, score = _trials()
    shuffled = pd.Series(np.random.default_rng(1).normal(size=len(score)))
    assert not importance(params, shuffled).trusted


def test_nothing_is_said_of_too_few_trials_or_of_nothing_that_varies():
    params, score = _trials(MIN_TRIALS - 1)
    assert importance(params, score) is None
    params, score = _trials(30)
    assert importance(params, pd.Series(np.ones(30))) is None
    assert importance(pd.DataFrame({"family": ["resnet"] * 30}, dtype=object), score) is None


def test_the_same_trials_give_the_same_answer():
    assert importance(*_trials(40)) == importance(*_trials(40))


def test_what_the_family_does_is_not_ascribed_to_the_familys_own_numbers():
    """convnext.width has no effect; only convnext trials have one, and they score less."""
    rng = np.random.default_rng(5)
    family = rng.choice(["resnet", "convnext"], 80)
    width = [float(rng.integers(1, 9)) if name == "convnext" else np.nan for name in family]
    params = pd.DataFrame({"family": family, "convnext.width": width, "noise": rng.normal(size=80)}, dtype=object)
    rows = {
        row.param: row for row in importance(params, pd.Series((family == "resnet") + 0.1 * rng.normal(size=80))).params
    }
    assert rows["family"].permutation > 20 * abs(rows["convnext.width"].permutation)


def test_a_parameter_that_is_none_in_some_trials_is_a_choice():
    """As a squeeze-excitation that is left out: None is a value, NaN means another family."""
    rng = np.random.default_rng(0)
    excited = rng.random(90) < 0.5
    params = pd.DataFrame({"se": [0.25 if on else None for on in excited], "x": rng.normal(size=90)}, dtype=object)
    found = importance(params, pd.Series(excited + 0.02 * rng.normal(size=90)))
    assert found.params[0].param == "se"
    assert found.params[0].gini > 0.9
    assert found.params[0].spearman is None
