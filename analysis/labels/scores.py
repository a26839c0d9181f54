"""The scores of labels and of groups of labels as matrices, trials x labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError

_COLUMNS = ("number", "label", "n_positive", "balanced_accuracy")


@dataclass(frozen=True)
class LabelScores:
    """Balanced accuracy of each label in each trial.

    Attributes:
        labels: their names, in the order of first appearance.
        n_positive: positives in the fold that scored them.
        values: trials x labels; NaN where a trial did not score a label.
    """

    labels: tuple[str, ...]
    n_positive: tuple[int, ...]
    values: np.ndarray

    def overall(self) -> np.ndarray:
        """Mean over all labels of each trial: its macro balanced accuracy."""
        return mean_of_scored(self.values)

    def by_group(self, groups: Mapping[str, str | None]) -> dict[str, np.ndarray]:
        """Mean over the labels of each group, in the order of the labels; labels without a group are in none."""
        group_of = [groups.get(label) for label in self.labels]
        return {
            group: mean_of_scored(self.values[:, [own == group for own in group_of]])
            for group in dict.fromkeys(group_of)
            if group is not None
        }


def tabulate_scores(scores: pd.DataFrame, numbers: pd.Index) -> LabelScores:
    """One row for each trial in `numbers`; scores of other trials are ignored, trials without scores are NaN.

    Args:
        scores: one row per trial and label, with number, label, n_positive and balanced_accuracy (None or NaN where the
            fold has no positive or no negative).

    Raises:
        AnalysisError: a column is missing, or a trial scores a label twice.
    """
    missing = [name for name in _COLUMNS if name not in scores]
    if missing:
        raise AnalysisError(f"label scores need the columns {', '.join(_COLUMNS)}, but {', '.join(missing)} is missing")
    twice = scores.duplicated(["number", "label"])
    if twice.any():
        row = scores[twice].iloc[0]
        raise AnalysisError(
            f"a trial scores a label once, but trial {row['number']} has {row['label']} more than once; keep one row"
        )
    labels = scores["label"].unique()
    table = scores.assign(balanced_accuracy=pd.to_numeric(scores["balanced_accuracy"]))
    wide = table.pivot(index="number", columns="label", values="balanced_accuracy")
    positives = scores.groupby("label")["n_positive"].max().reindex(labels)
    return LabelScores(
        tuple(map(str, labels)),
        tuple(map(int, positives)),
        wide.reindex(index=numbers, columns=labels).to_numpy(dtype=float),
    )


def mean_of_scored(values: np.ndarray) -> np.ndarray:
    """Mean of each row over what is not NaN; NaN where nothing is left."""
    scored = ~np.isnan(values)
    total, count = np.where(scored, values, 0).sum(axis=1), scored.sum(axis=1)
    mean: np.ndarray = np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
    return mean


def same_rows(scores: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Row numbers that are not NaN, and the columns that have exactly these: they can be analysed at once."""
    alike: dict[bytes, list[int]] = {}
    for column, told in enumerate(~np.isnan(scores.T)):
        alike.setdefault(told.tobytes(), []).append(column)
    for columns in alike.values():
        yield np.flatnonzero(~np.isnan(scores[:, columns[0]])), np.array(columns)
