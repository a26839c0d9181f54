import numpy as np
import pandas as pd
import pytest

from analysis.error_rate import error_rate
from analysis.trials import Direction, Objective, Trials


def _trials(scores, direction=Direction.MAXIMIZE):
    index = pd.RangeIndex(len(scores))
    return Trials(
        (Objective("score", direction),),
        pd.Series("complete", index, dtype=object),
        pd.DataFrame({"score": np.array(scores, dtype=float)}, index),
        pd.DataFrame(index=index),
        pd.DataFrame(index=index),
    )


@pytest.mark.parametrize(
    ("scores", "errors", "name"),
    [([0.9, 1.0], [0.1, 0.0], "1 - score"), ([90, 0.5], [10, 99.5], "100 - score"), ([], [], "1 - score")],
)
def test_a_score_lacks_something_to_perfection(scores, errors, name):
    found = error_rate(_trials(scores))
    assert (found.values.tolist(), found.name) == (pytest.approx(errors), name)


def test_what_is_minimised_is_an_error_already():
    found = error_rate(_trials([3.5, 2000], Direction.MINIMIZE))
    assert (found.values.tolist(), found.name) == ([3.5, 2000], "score")


def test_nobody_knows_what_is_perfect_beyond_percents():
    assert error_rate(_trials([0.5, 200])) is None
    assert error_rate(_trials([-0.5, 0.2])) is None
