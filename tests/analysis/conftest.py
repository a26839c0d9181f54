"""Trials made up for tests."""

import numpy as np
import pandas as pd
import pytest

from analysis.trials import STUDY_OBJECTIVES, Trials


def _trials(score, flops, *, params=None, attrs=None, objectives=STUDY_OBJECTIVES):
    index = pd.RangeIndex(len(score), name="number")
    return Trials(
        objectives=objectives,
        state=pd.Series("complete", index, dtype=object),
        values=pd.DataFrame({"balanced_accuracy": np.array(score, float), "flops": np.array(flops, float)}, index),
        params=pd.DataFrame(params or {}, index),
        attrs=pd.DataFrame(attrs or {}, index),
    )


@pytest.fixture(scope="session")
def make_trials():
    """Complete trials of the two objectives of a study."""
    return _trials
