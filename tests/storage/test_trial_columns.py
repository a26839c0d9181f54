import math

from optuna.distributions import CategoricalDistribution, IntDistribution

from storage.claims import Claim, NewTrial, Result
from storage.exclusion import exclude_trial
from storage.leases import claim, finish
from storage.trial_columns import read_columns
from storage.trials import read_trials


def _train(database, study, draft, score, **attrs):
    got = claim(database, study, "w", draft)
    assert isinstance(got, Claim)
    finish(database, got, Result((score, 1000.0), attrs))


def _by_trial(column):
    return dict(zip(column.numbers, column.values, strict=True))


def test_columns_hold_what_optuna_shows_of_the_same_trials(database, study, draft):
    for i, score in enumerate((0.5, math.inf, 0.7)):
        _train(database, study, draft(str(i)), score, words='a "quoted", comma', listed=[1, None], nan=math.nan)
    columns = read_columns(database, study)
    rows = {row.number: row for row in read_trials(database, study)}
    assert columns.numbers == sorted(rows)
    for number, row in rows.items():
        assert [_by_trial(column)[number] for column in columns.objectives] == row.values
        assert {name: _by_trial(column)[number] for name, column in columns.params.items()} == row.params
        attrs = {name: _by_trial(column)[number] for name, column in columns.attrs.items()}
        assert repr(attrs) == repr(row.user_attrs)
    assert type(columns.params["resnet.width"].values[0]) is int


def test_a_parameter_whose_range_was_changed_is_one_column(database, study):
    for i, (kind, value) in enumerate([(IntDistribution(1, 4), 2), (IntDistribution(2, 3), 3)]):
        choice = CategoricalDistribution([None, 0.25] if i else [0.25, None])
        _train(database, study, NewTrial({"a": (value, kind), "b": (None, choice)}, {}, str(i)), 0.5)
    columns = read_columns(database, study)
    assert _by_trial(columns.params["a"]) == {0: 2, 1: 3}
    assert _by_trial(columns.params["b"]) == {0: None, 1: None}


def test_excluded_trials_are_told_from_failed_ones(database, study, draft):
    _train(database, study, draft("a"), 0.5)
    exclude_trial(database, study, 0, "the GPU was hot")
    columns = read_columns(database, study)
    assert columns.states == ["excluded"]
    assert columns.objectives == []
