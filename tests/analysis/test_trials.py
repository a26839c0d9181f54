import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.trials import Direction, Objective, load_label_scores, load_trials, tabulate
from storage.claims import Claim, Result
from storage.leases import claim, finish
from storage.trial_columns import Column, TrialColumns

SCORE = (Objective("score", Direction.MAXIMIZE),)


def _columns(states=("complete",) * 3, objectives=([0.5, 0.6, 0.7],), **params):
    """Three trials; a parameter is a list in which ... means that the trial does not have it."""
    numbers = list(range(len(states)))

    def column(values):
        return Column(
            [n for n, value in zip(numbers, values, strict=True) if value is not ...],
            [value for value in values if value is not ...],
        )

    return TrialColumns(
        numbers,
        list(states),
        [column(values) for values in objectives],
        {name: column(values) for name, values in params.items()},
        {},
    )


def test_none_is_a_value_of_a_parameter_and_missing_is_not():
    trials = tabulate(_columns(a=[None, ..., 0.25], b=[1, 2, ...], c=[..., ..., True]), SCORE).complete()
    assert trials.drawn(0) == {"a": None, "b": 1}
    assert trials.drawn(1) == {"b": 2}
    assert trials.drawn(2) == {"a": 0.25, "c": True}
    assert type(trials.drawn(0)["b"]) is int
    assert list(tabulate(_columns(a=[None, None, ...]), SCORE).complete().params) == ["a"]
    assert tabulate(_columns(a=[None, "x", ...]), SCORE).drawn(0) == {"a": None}


def test_numbers_are_numbers_and_words_are_objects():
    trials = tabulate(_columns(full=[1, 2, 3], gaps=[1, ..., 3], real=[0.5, 1, ...], word=["a", ..., "b"]), SCORE)
    assert [str(kind) for kind in trials.params.dtypes] == ["int64", "float64", "float64", "object"]
    assert trials.whole == {"full", "gaps"}
    assert type(trials.drawn(1)["real"]) is float


def test_only_complete_trials_with_all_values_are_complete():
    trials = tabulate(
        _columns(("complete", "pruned", "excluded"), ([0.5, ..., ...],), a=[1, 2, 3], b=[..., 1, ...]), SCORE
    )
    assert len(trials) == 3
    assert list(trials.complete().state.index) == [0]
    assert list(trials.complete().params) == ["a"]


def _finish(database, study, draft, score, labels=()):
    got = claim(database, study, "w", draft(str(score)))
    assert isinstance(got, Claim)
    finish(database, got, Result((score, 1000.0), {"macro_auroc": float("nan")}, label_scores=labels))


def _label(name, score):
    return {"label": name, "n_positive": 9, "threshold": 0.5, "balanced_accuracy": score}


def test_several_studies_are_read_together(database, make_study, draft):
    first, second = make_study(), make_study()
    _finish(database, first, draft, 0.5, [_label("AF", 0.5), _label("SR", None)])
    _finish(database, second, draft, 0.6, [_label("AF", 0.6)])
    _finish(database, second, draft, 0.7)
    trials = load_trials(database, [first, second])
    assert trials.values["balanced_accuracy"].tolist() == [0.5, 0.6, 0.7]
    assert trials.told(2) == {"study": second.name, "number": 1, "flops": 1000, "architecture": "abc"}
    assert trials.drawn(1)["resnet.width"] == 16
    labels = load_label_scores(database, [first, second], trials).set_index(["number", "label"])["balanced_accuracy"]
    assert labels.to_dict() == {(0, "AF"): 0.5, (0, "SR"): pytest.approx(np.nan, nan_ok=True), (1, "AF"): 0.6}


def test_a_study_without_trials_has_empty_tables(database, study):
    trials = load_trials(database, [study])
    assert len(trials.complete()) == 0
    assert list(trials.values) == ["balanced_accuracy", "flops"]
    assert len(load_label_scores(database, [study], trials)) == 0


def test_the_same_study_twice_is_refused(database, study):
    with pytest.raises(AnalysisError, match="different studies"):
        load_trials(database, [study, study])
