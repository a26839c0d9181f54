import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.labels.scores import same_rows, tabulate_scores

ROWS = pd.DataFrame(
    {
        "number": [3, 3, 5, 5, 9],
        "label": ["NORM", "AF", "NORM", "AF", "AF"],
        "n_positive": [40, 7, 40, 7, 7],
        "balanced_accuracy": [0.5, 0.7, None, 0.9, 0.6],
    }
)


def test_scores_become_trials_times_labels():
    table = tabulate_scores(ROWS, pd.Index([5, 3, 4]))
    assert (table.labels, table.n_positive) == (("NORM", "AF"), (40, 7))
    np.testing.assert_array_equal(table.values, [[np.nan, 0.9], [0.5, 0.7], [np.nan, np.nan]])


def test_a_group_is_the_mean_of_what_was_scored():
    table = tabulate_scores(ROWS, pd.Index([5, 3, 4]))
    np.testing.assert_allclose(table.overall(), [0.9, 0.6, np.nan])
    grouped = table.by_group({"AF": "rhythm", "NORM": None})
    assert list(grouped) == ["rhythm"]
    np.testing.assert_allclose(grouped["rhythm"], [0.9, 0.7, np.nan])


def test_columns_scored_by_the_same_trials_come_together():
    scores = np.array([[1, np.nan, 1], [1, 1, 1.0]])
    assert [(rows.tolist(), columns.tolist()) for rows, columns in same_rows(scores)] == [([0, 1], [0, 2]), ([1], [1])]


def test_a_label_scored_twice_and_a_missing_column_are_refused():
    with pytest.raises(AnalysisError, match="trial 3 has NORM more than once"):
        tabulate_scores(pd.concat([ROWS, ROWS.iloc[:1]]), pd.Index([3]))
    with pytest.raises(AnalysisError, match="n_positive is missing"):
        tabulate_scores(ROWS.drop(columns="n_positive"), pd.Index([3]))
