import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.importance import MIN_TRIALS, Status, importance


def _rows(found):
    return {row.param: row for row in found.params}


def test_known_shares_come_in_their_order(family_trials):
    found = importance(*family_trials())
    assert [row.param for row in found.params][:2] == ["train.lr", "family"]
    assert found.cv_pearson_mean > 0.9
    assert found.trusted
    assert sum(row.gini for row in found.params) == pytest.approx(1)


def test_the_sign_of_the_rank_correlation_is_that_of_the_effect(family_trials):
    rows = _rows(importance(*family_trials(300)))
    assert rows["train.lr"].spearman > 0.8
    assert rows["train.lr"].spearman_ci95[0] > 0
    assert rows["convnext.width"].spearman < 0
    assert rows["convnext.width"].n < 200


def test_no_order_is_invented_for_categories(family_trials):
    row = _rows(importance(*family_trials()))["family"]
    assert (row.spearman, row.spearman_ci95) == (None, None)


@pytest.mark.parametrize("n", [MIN_TRIALS, 100])
def test_a_score_of_pure_noise_is_not_trusted(family_trials, n):
    """Of 200 scores of noise 5 were trusted with 30 trials, none with 100."""
    params, _ = family_trials(n)
    scores = [pd.Series(np.random.default_rng(seed).normal(size=n)) for seed in range(4)]
    assert not any(importance(params, score).trusted for score in scores)


def test_where_there_is_nothing_to_rank_it_says_why(family_trials):
    params, score = family_trials(MIN_TRIALS)
    cases = {
        Status.TOO_FEW_TRIALS: (params.iloc[1:], score.iloc[1:]),
        Status.SCORE_IS_CONSTANT: (params, pd.Series(np.ones(MIN_TRIALS))),
        Status.NO_PARAMETER_VARIES: (pd.DataFrame({"family": ["resnet"] * MIN_TRIALS}), score),
    }
    for status, tables in cases.items():
        found = importance(*tables)
        assert (found.status, found.params, found.cv_pearson) == (status, (), ())
        assert not found.trusted
        assert np.isnan(found.cv_pearson_mean)
    assert importance(params, score).status is Status.RANKED


def test_the_same_trials_give_the_same_answer(family_trials):
    assert importance(*family_trials(40), shap=True) == importance(*family_trials(40), shap=True)


def test_a_logarithm_of_a_parameter_changes_nothing(uniform_trials):
    params, rng = uniform_trials(60)
    score = params.a + 0.1 * rng.normal(size=60)
    assert importance(params, score) == importance(np.log(params), score)


@pytest.mark.parametrize("widths", [(16.0, 64.0), (16.0, 32.0, 64.0), ("narrow", "wide")])
def test_what_the_family_does_is_not_ascribed_to_the_familys_own_numbers(widths):
    """convnext.width has no effect; only convnext trials have one, and they score less."""
    rng = np.random.default_rng(5)
    family = rng.choice(["resnet", "convnext"], 80)
    own = [widths[rng.integers(len(widths))] if name == "convnext" else np.nan for name in family]
    params = pd.DataFrame({"family": family, "convnext.width": own, "noise": rng.normal(size=80)}, dtype=object)
    rows = _rows(importance(params, pd.Series((family == "resnet") + 0.1 * rng.normal(size=80)), shap=True))
    for measure in ("permutation", "gini", "shap"):
        assert getattr(rows["family"], measure) > 20 * abs(getattr(rows["convnext.width"], measure))


def test_a_parameter_that_is_none_in_some_trials_is_a_choice():
    """As a squeeze-excitation that is left out: None is a value, NaN means another family."""
    rng = np.random.default_rng(0)
    excited = rng.random(90) < 0.5
    params = pd.DataFrame({"se": [0.25 if on else None for on in excited], "x": rng.normal(size=90)}, dtype=object)
    found = importance(params, pd.Series(excited + 0.02 * rng.normal(size=90)))
    assert found.params[0].param == "se"
    assert found.params[0].gini > 0.9
    assert found.params[0].spearman is None


def test_derived_numbers_are_told_apart_and_leave_the_ranking_as_it_is(uniform_trials):
    params, rng = uniform_trials(150)
    score = params.a + 0.1 * rng.normal(size=150)
    derived = pd.DataFrame({"flops": 1e9 * params.a**2, "input": 1000})
    found = importance(params, score, derived=derived)
    assert found.params == importance(params, score).params
    rows = _rows(found.with_derived)
    assert rows["flops"].derived
    assert not rows["a"].derived
    assert rows["a"].permutation < 0.7 * found.params[0].permutation
    assert found.with_derived.left_out == ("input",)
    assert any("share their importance" in caveat for caveat in found.with_derived.caveats)
    assert found.left_out == ()


def test_what_is_constant_is_listed_and_trials_without_a_score_are_counted(family_trials):
    params, score = family_trials(60)
    params["train.epochs"] = 20
    params["resnet.depth"] = np.where(params["family"] == "resnet", 4.0, np.nan)
    score[:7] = np.nan
    found = importance(params, score)
    assert found.left_out == ("train.epochs", "resnet.depth")
    assert (found.n, found.n_unscored) == (53, 7)
    assert found.params == importance(params[7:], score[7:]).params
    assert "Trials without a score, which were left out: 7." in found.caveats


def test_tables_that_do_not_belong_together_are_refused(family_trials):
    params, score = family_trials(40)
    with pytest.raises(AnalysisError, match="same trials"):
        importance(params, score.iloc[::-1])
    with pytest.raises(AnalysisError, match="noise names more than one column"):
        importance(params, score, derived=params[["noise"]])
    for wrong in (score.replace(score.iloc[0], np.inf), score.astype(str)):
        with pytest.raises(AnalysisError, match="must hold finite numbers"):
            importance(params, wrong)
