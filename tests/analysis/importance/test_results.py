import pytest

from analysis.importance import Draws, Importance, ParameterImportance, Status


def _importance(pearson, params=(), **more):
    return Importance(Status.RANKED, 90, 0, (), Draws(90, 90, 0), cv_pearson=pearson, params=params, **more)


def _row(name, low):
    return ParameterImportance(name, 90, low + 0.1, (low, low + 0.2), 0.1)


@pytest.mark.parametrize(
    ("pearson", "doubt"),
    [
        ((0.94, 0.9, 0.92), ""),
        ((0.5, 0.4, 0.45), "with r = 0.45 (folds 0.50, 0.40, 0.45); below 0.5 its importances mean little."),
        ((0.95, 0.9, 0.3), "with r = 0.72 (folds 0.95, 0.90, 0.30); folds more than 0.5 apart do not agree."),
    ],
)
def test_a_ranking_is_trusted_where_all_folds_are_predicted_well(pearson, doubt):
    found = _importance(pearson)
    assert found.trusted is (doubt == "")
    assert found.doubt.endswith(doubt)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.RANKED])
def test_without_a_ranking_it_says_why_and_is_not_trusted(status):
    found = Importance(status, 12, 0, ("same",), Draws(12, 0, 12))
    assert not found.trusted
    assert "12" in found.doubt


def test_the_leading_parameters_are_the_first_few_that_matter():
    rows = tuple(_row(name, low) for name, low in zip("abcdef", (0.5, 0.4, 0.2, -0.1, 0.1, 0.05), strict=True))
    assert _importance((0.9, 0.9, 0.9), rows).leading == ("a", "b", "c", "e")
    assert [row.matters for row in rows] == [True, True, True, False, True, True]
