import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.labels import OneSizeVerdict, Verdict, analyse_labels
from analysis.status import Status

EFFECTS = {"AF": (-0.02, 0.01, 0.0), "PVC": (-0.01, 0.01, 0.0), "LQT": (0.0, 0.01, 0.02), "odd": (0.0, 0.0, 0.0)}
GROUPS = {"AF": "rhythm", "PVC": "rhythm", "LQT": "interval"}


def _by_factor(effects):
    return {effect.factor: effect for effect in effects}


@pytest.fixture(scope="module")
def found(make_study):
    study = make_study(300, EFFECTS, max_pooling=-0.03)
    return analyse_labels(study.scores, study.params, study.attrs, GROUPS)


def test_each_label_shows_its_own_effects(make_study):
    """20 repeats of 4 labels x 4 factors; 19 in 20 intervals should hold the known effect."""
    hits = []
    for seed in range(20):
        study = make_study(120, EFFECTS, max_pooling=-0.03, seed=seed)
        for row in analyse_labels(study.scores, study.params, study.attrs, GROUPS).labels:
            effects = _by_factor(row.effects)
            known = dict(zip(("depth", "width", "kernel"), EFFECTS[row.label], strict=True)) | {"pooling=max": -0.03}
            hits += [effects[name].ci95[0] <= value <= effects[name].ci95[1] for name, value in known.items()]
    assert 0.91 <= np.mean(hits) <= 0.99


def test_a_group_has_the_mean_effect_of_its_labels(found):
    assert [group.group for group in found.groups] == ["rhythm", "interval"]
    assert found.groups[0].labels == ("AF", "PVC")
    depth = _by_factor(found.groups[0].effects)["depth"]
    assert depth.ci95[0] < -0.015 < depth.ci95[1]
    labels = [_by_factor(row.effects)["depth"].effect for row in found.labels[:2]]
    assert depth.effect == pytest.approx(np.mean(labels))
    assert found.overall.labels == tuple(EFFECTS)


def test_the_receptive_field_stands_in_a_regression_of_its_own(make_study):
    """Scores that depend on depth x kernel, hence on the field alone, whatever the FLOPs."""
    study = make_study(300, {"a": (0.02, 0.0, 0.02)})
    row = analyse_labels(study.scores, study.params, study.attrs, {}).labels[0]
    field = _by_factor(row.effects)["receptive_field"]
    assert field.ci95[0] < 0.02 < field.ci95[1]
    assert field.n == int((study.params["family"] != "oscnn").sum())


def test_the_best_trial_of_a_label_and_of_all_labels_are_named(make_study):
    study = make_study(60, EFFECTS)
    wide = study.scores.pivot(index="number", columns="label", values="balanced_accuracy")
    row = analyse_labels(study.scores, study.params, study.attrs, GROUPS).labels[2]
    assert row.label == "LQT"
    assert row.best.number == wide["LQT"].idxmax()
    assert row.best.balanced_accuracy == wide["LQT"].max()
    common = wide.mean(axis=1).idxmax()
    assert (row.best.overall_best, row.best.overall_best_balanced_accuracy) == (common, wide["LQT"][common])
    score = row.best.balanced_accuracy
    assert row.best.standard_error == pytest.approx(np.sqrt(score * (1 - score) / 100) / 2)


def test_a_label_without_a_group_is_a_label_all_the_same(found):
    assert found.labels[3].group is None
    assert _by_factor(found.labels[3].effects)["depth"].status is Status.ANSWERED
    assert {gain.name for gain in found.one_size.gains} == {"rhythm", "interval"}


def test_without_groups_the_labels_are_compared(make_study):
    study = make_study(200, {"a": (-0.03, 0, 0), "b": (0.03, 0, 0)})
    found = analyse_labels(study.scores, study.params, study.attrs, {})
    assert found.groups == ()
    assert found.one_size.verdict is OneSizeVerdict.OWN
    assert [answer.group for answer in found.pooling_field] == ["all labels"]


def test_a_label_that_no_trial_scored_is_kept_and_explained(make_study):
    study = make_study(60, EFFECTS)
    scores = study.scores.assign(
        balanced_accuracy=study.scores["balanced_accuracy"].where(study.scores["label"] != "LQT"),
        n_positive=np.where(study.scores["label"] == "LQT", 0, 100),
    )
    found = analyse_labels(scores, study.params, study.attrs, GROUPS)
    row = found.labels[2]
    assert (row.label, row.n, row.n_positive, row.best, row.gain) == ("LQT", 0, 0, None, None)
    assert row.why == "no trial could score it: its fold has no positive or no negative"
    assert {effect.why for effect in row.effects} == {
        "too few scored trials for the numbers that differ among them: at least 10 more are needed"
    }
    assert found.overall.effects[0].effect is not None
    assert [gain.name for gain in found.one_size.gains] == ["rhythm"]
    assert found.one_size.sentence.endswith("Left out, having fewer than 40 scored trials: 1.")


def test_one_family_and_one_pooling_are_enough_for_what_varies(make_study):
    study = make_study(80, EFFECTS, families=("resnet",), poolings=("average",))
    found = analyse_labels(study.scores, study.params.drop(columns="family"), study.attrs, GROUPS)
    effects = _by_factor(found.labels[0].effects)
    assert effects["depth"].ci95[0] < -0.02 < effects["depth"].ci95[1]
    assert (effects["pooling"].status, effects["pooling"].effect) == (Status.CONSTANT, None)
    assert effects["stages"].why == "no family was tried with more than one value of stages"
    assert all(answer.verdict is Verdict.UNTOLD for answer in found.pooling_field)


def test_a_kernel_that_follows_the_depth_is_not_told_from_it(make_study):
    study = make_study(80, EFFECTS, families=("resnet",))
    params = study.params.assign(**{"resnet.kernel": 2 * study.params["resnet.depth"]})
    effects = _by_factor(analyse_labels(study.scores, params, study.attrs, GROUPS).labels[0].effects)
    assert effects["kernel"].why == "kernel varies only together with depth"
    assert effects["width"].ci95[0] < 0.01 < effects["width"].ci95[1]


@pytest.mark.parametrize("n", [0, 1, 3])
def test_a_study_that_has_just_begun_says_what_it_lacks(make_study, n):
    study = make_study(n, EFFECTS)
    found = analyse_labels(study.scores, study.params, study.attrs, GROUPS)
    assert found.n == n
    assert all(effect.status is not Status.ANSWERED and effect.why for effect in found.overall.effects)
    assert found.one_size.verdict is OneSizeVerdict.UNTOLD


def test_the_answer_is_plain_data_and_the_same_for_the_same_seed(make_study, found):
    study = make_study(300, EFFECTS, max_pooling=-0.03)
    again = analyse_labels(study.scores, study.params, study.attrs, GROUPS)
    assert json.dumps(asdict(found), sort_keys=True) == json.dumps(asdict(again), sort_keys=True)
    assert json.loads(json.dumps(asdict(found)))["labels"][0]["label"] == "AF"


def test_tables_of_different_trials_are_refused(make_study):
    study = make_study(20, EFFECTS)
    with pytest.raises(AnalysisError, match="20 and 19 rows"):
        analyse_labels(study.scores, study.params, study.attrs.iloc[1:], GROUPS)


def test_scores_of_trials_that_are_not_complete_are_ignored(make_study):
    study = make_study(60, EFFECTS)
    pruned = pd.DataFrame({"number": [7], "label": ["AF"], "n_positive": [100], "balanced_accuracy": [1.0]})
    with_pruned = analyse_labels(pd.concat([study.scores, pruned]), study.params, study.attrs, GROUPS)
    assert with_pruned == analyse_labels(study.scores, study.params, study.attrs, GROUPS)
