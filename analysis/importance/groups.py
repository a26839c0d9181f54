"""Importance within groups of trials: what matters under one optimiser may not matter under another."""

import pandas as pd

from analysis.columns import is_present
from analysis.errors import AnalysisError
from analysis.importance.ranking import importance
from analysis.importance.results import Importance


def importance_by(
    params: pd.DataFrame,
    score: pd.Series,
    groups: pd.Series,
    *,
    derived: pd.DataFrame | None = None,
    samplers: pd.Series | None = None,
    shap: bool = False,
    seed: int = 0,
) -> dict[str, Importance]:
    """The ranking of each group's own trials, as `importance` gives it; largest group first.

    A group too small, or in which nothing varies, says so in its status. Parameters that none of its trials has are
    no part of it. Trials without a group (NaN) are in none.

    Args:
        groups: the group of each trial, for instance `params["family"]` or `params["train.optimizer"]`, with the index
            of `params`.

    Raises:
        AnalysisError: as `importance`, or `groups` is of other trials.
    """
    if not groups.index.equals(params.index):
        raise AnalysisError("parameters and groups must be of the same trials in the same order")
    found = {}
    for group in groups.value_counts().index:
        members = groups == group
        own = params[members]
        found[str(group)] = importance(
            own.loc[:, [bool(is_present(own[name]).any()) for name in own]],
            score[members],
            derived=None if derived is None else derived[members],
            samplers=None if samplers is None else samplers[members],
            shap=shap,
            seed=seed,
        )
    return found
