"""What is asked of finished trials, and of whatever comes with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.columns import group_text
from analysis.errors import AnalysisError
from analysis.recommend import Candidates
from analysis.trials import COMPLEXITY, STUDY, Trials

_STUDY_GROUPS = ("family", "train.optimizer", "arm", STUDY)


@dataclass(frozen=True)
class Labels:
    """Scores by label.

    Attributes:
        scores: columns number (of the trial), label, n_positive, balanced_accuracy.
        groups: the group of each label; empty where they are not known.
    """

    scores: pd.DataFrame
    groups: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes:
        groups: columns whose values are compared: fronts, importance and distributions of each.
        derived: attributes that follow from the parameters, which join their importance.
        runs: the column that says to which of several searches a trial belongs; by default the study.
        reference: of the hypervolume, by objective.
        labels: scores by label, where there are any.
        candidates: what could be trained, for predictions; nothing for a table from elsewhere.
        shap: whether importance holds SHAP, which takes seconds.
        recipe: the source work's experiment that the trials repeat, whose findings are checked; None for none.
        networks: exact costs that the work compares: `params` and `flops` by name.
        seed: of all that is drawn.
    """

    groups: Sequence[str] = ()
    derived: Sequence[str] = ()
    runs: str | None = None
    reference: Mapping[str, float] = field(default_factory=dict)
    labels: Labels | None = None
    candidates: Candidates | None = None
    shap: bool = True
    recipe: str | None = None
    networks: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    seed: int = 0

    @classmethod
    def of_study(
        cls,
        *,
        reference: Mapping[str, float] | None = None,
        labels: Labels | None = None,
        candidates: Candidates | None = None,
        shap: bool = True,
        recipe: str | None = None,
        networks: Mapping[str, Mapping[str, float]] | None = None,
    ) -> "Question":
        """What is asked of a study of ours."""
        return cls(
            groups=_STUDY_GROUPS,
            derived=COMPLEXITY,
            reference=reference or {},
            labels=labels,
            candidates=candidates,
            shap=shap,
            recipe=recipe,
            networks=networks or {},
        )

    def group_columns(self, trials: Trials) -> dict[str, pd.Series]:
        """The names of the groups of each trial, by column; columns of one value are left out.

        Raises:
            AnalysisError: the values of a column hardly repeat.
        """
        found = {name: column_of(trials, name) for name in self.groups}
        columns = {name: group_text(column) for name, column in found.items() if column is not None}
        for name, column in columns.items():
            if column.nunique() > max(2, column.notna().sum() / 2):
                raise AnalysisError(
                    f"{name} has {column.nunique()} values in {column.notna().sum()} complete trials, so that they are "
                    "no groups; name a column whose values repeat"
                )
        return {name: column for name, column in columns.items() if column.nunique() > 1}


def column_of(trials: Trials, name: str) -> pd.Series | None:
    """A column of the trials by its name, wherever it stands; None where no trial has it."""
    for table in (trials.params, trials.attrs, trials.values):
        if name in table:
            return table[name]
    return None
