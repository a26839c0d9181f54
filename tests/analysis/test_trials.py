from optuna.trial import FrozenTrial, TrialState

from analysis.trials import Direction, Objective, tabulate


def _row(number, **params):
    return FrozenTrial(number, TrialState.COMPLETE, 0.5, None, None, params, {}, {}, {}, {}, number)


def test_none_is_a_value_of_a_parameter_and_missing_is_not():
    objectives = (Objective("score", Direction.MAXIMIZE),)
    trials = tabulate([_row(0, a=None, b=1), _row(1, b=2), _row(2, a=0.25, c=True)], objectives).complete()
    assert trials.drawn(0) == {"a": None, "b": 1}
    assert trials.drawn(1) == {"b": 2}
    assert trials.drawn(2) == {"a": 0.25, "c": True}
    assert list(tabulate([_row(0, a=None), _row(1, a=None)], objectives).complete().params) == ["a"]
