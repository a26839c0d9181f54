import numpy as np
import pandas as pd
import pytest

from analysis.analyze import analyze
from analysis.plain import plain
from analysis.question import Labels, Question
from analysis.trials import Direction, Objective


@pytest.fixture(scope="module")
def made(make_trials):
    """A study of two families: the score grows with FLOPs; the first family is a little better."""
    rng = np.random.default_rng(0)
    flops = 10 ** rng.uniform(6, 9, 120)
    family = rng.choice(["resnet", "convnext"], 120)
    score = 1 - 2 * flops**-0.2 * np.where(family == "resnet", 1, 1.1) * np.exp(0.05 * rng.normal(size=120))
    width = 2.0 ** rng.integers(3, 8, 120)
    params = {
        "family": family.astype(object),
        "resnet.width": np.where(family == "resnet", width, np.nan),
        "convnext.width": np.where(family == "convnext", width, np.nan),
        "train.lr": rng.uniform(size=120),
    }
    return make_trials(score, flops, params=params, attrs={"flops": flops, "params": flops / 100, "receptive_field": 9})


def test_everything_is_asked_of_a_study(made):
    found = analyze(made, Question.of_study(shap=False))
    assert list(found.fronts.by) == list(found.importance_by) == list(found.spaces.parts) == ["family"]
    assert found.scaling.frontier.params["alpha"] == pytest.approx(0.2, abs=0.06)
    assert found.scaling.by_size.params["alpha"] == pytest.approx(found.scaling.frontier.params["alpha"])
    assert found.importance.with_derived.params[0].param in ("flops", "params")
    resnet = next(part for part in found.spaces.parts["family"] if part.value == "resnet")
    assert resnet.against_the_rest.mean.difference < 0
    assert found.recommendations.rows[0].budget.limit <= 3e6
    assert found.labels is None


def test_the_same_question_has_the_same_answer(made):
    one, other = (analyze(made, Question.of_study(shap=False)) for _ in range(2))
    assert one.importance == other.importance
    assert plain(one.scaling) == plain(other.scaling)  # NaN is not equal to NaN
    assert one.recommendations == other.recommendations


def test_labels_are_analysed_where_there_are_scores(made):
    rows = [(number, label, 9, 0.5 + 0.1 * (number % 3)) for number in made.state.index for label in ("AF", "SR")]
    scores = pd.DataFrame(rows, columns=["number", "label", "n_positive", "balanced_accuracy"])
    found = analyze(made, Question.of_study(shap=False, labels=Labels(scores, {"AF": "rhythm"}))).labels
    assert [row.label for row in found.labels] == ["AF", "SR"]
    assert [row.group for row in found.groups] == ["rhythm"]


def test_without_a_cost_there_are_no_laws_and_no_budgets(made):
    alone = made.values[["balanced_accuracy"]]
    trials = type(made)(made.objectives[:1], made.state, alone, made.params, made.attrs)
    found = analyze(trials, Question(shap=False))
    assert (found.scaling, found.recommendations.rows) == (None, ())
    assert found.fronts.members == (int(alone["balanced_accuracy"].idxmax()),)


def test_a_score_of_unknown_perfection_has_neither_laws_nor_distributions(made):
    values = made.values * [1000, 1]
    objectives = (Objective("balanced_accuracy", Direction.MAXIMIZE), made.objectives[1])
    found = analyze(type(made)(objectives, made.state, values, made.params, made.attrs), Question(shap=False))
    assert (found.error, found.scaling, found.spaces) == (None, None, None)
    assert found.fronts.hypervolume.value > 0
