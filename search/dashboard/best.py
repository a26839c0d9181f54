"""Which of a study's trials are its best."""

from collections.abc import Sequence

import numpy as np
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from analysis.pareto import as_costs, pareto_mask
from analysis.trials import Direction


def best_rows(trials: Sequence[FrozenTrial], directions: Sequence[StudyDirection]) -> list[int]:
    """Places of the Pareto front's members; of a single objective that of the first of the best.

    Trials that break a constraint are none of them (`FrozenTrial.constraints` reads Optuna 5's keys and older ones;
    optuna-dashboard reads the older alone, and so shows them as best).
    """
    rows = [i for i, trial in enumerate(trials) if trial.state == TrialState.COMPLETE and _is_feasible(trial)]
    if not rows:
        return []
    values = np.array([trials[row].values for row in rows], dtype=float)
    signs = [Direction.MAXIMIZE if way == StudyDirection.MAXIMIZE else Direction.MINIMIZE for way in directions]
    if len(signs) == 1:
        return [rows[int(np.argmin(as_costs(values, signs)))]]
    return [row for row, is_member in zip(rows, pareto_mask(values, signs), strict=True) if is_member]


def _is_feasible(trial: FrozenTrial) -> bool:
    return all(value <= 0 for value in trial.constraints.values())
