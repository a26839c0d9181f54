"""Everything about labels in one result: effects, the best trials, pooling and field, one size or several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.errors import AnalysisError
from analysis.labels.effects import Effect, effects
from analysis.labels.factors import architecture_factors, field_factors
from analysis.labels.one_size import Gain, OneSize, one_size, own_gains
from analysis.labels.pooling_field import PoolingField, pooling_field
from analysis.labels.scores import LabelScores, tabulate_scores

ALL_LABELS = "all labels"


@dataclass(frozen=True)
class Best:
    """The trial that scored highest, as observed.

    The highest of many noisy scores is partly luck: what an own architecture is worth is in the gains.

    Attributes:
        number, balanced_accuracy: the trial and its score.
        overall_best, overall_best_balanced_accuracy: the trial that is best over all labels, and its score here.
        standard_error: of the score, from the number of positives alone: sqrt(s (1 - s) / n) / 2, s being the score in
            the place of the sensitivity and the negatives, by far the most, without error; of a group that of the mean,
            as if the errors of its labels were independent. None where the positives are not counted.
    """

    number: int
    balanced_accuracy: float
    overall_best: int
    overall_best_balanced_accuracy: float | None
    standard_error: float | None = None


@dataclass(frozen=True)
class LabelResult:
    """One label.

    Attributes:
        n: trials that scored it.
        best: None where none did, as `why` says.
        gain: from architectures of its own; None with too few trials. Its interval is of this label alone.
    """

    label: str
    group: str | None
    n_positive: int
    n: int
    why: str | None
    best: Best | None
    gain: Gain | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class GroupResult:
    """A group of labels, scored by the mean over those that a trial scored; or all labels."""

    group: str
    labels: tuple[str, ...]
    n: int
    best: Best | None
    effects: tuple[Effect, ...]


@dataclass(frozen=True)
class LabelAnalysis:
    """
    Attributes:
        n: trials with at least one score.
        overall: all labels together.
        pooling_field: of all labels, then of each group.
        one_size: of the groups; of the labels where there is no group.
        method: what was done, in one sentence.
    """

    n: int
    labels: tuple[LabelResult, ...]
    groups: tuple[GroupResult, ...]
    overall: GroupResult
    pooling_field: tuple[PoolingField, ...]
    one_size: OneSize
    method: str


_METHOD = (
    "linear regression of balanced accuracy on log2 of the numbers and on pooling, within families, HC3 intervals; "
    "the receptive field in one of its own, adjusted for FLOPs; gains by cross-fitting on halves of the trials"
)


def analyse_labels(
    scores: pd.DataFrame,
    params: pd.DataFrame,
    attrs: pd.DataFrame,
    groups: Mapping[str, str | None],
    *,
    seed: int = 0,
) -> LabelAnalysis:
    """What the architecture does to each label and group.

    Args:
        scores: one row per complete trial and label: number, label, n_positive, balanced_accuracy (None or NaN where
            the label could not be scored).
        params: one row per complete trial, the index its number; `family`, `resnet.depth`, ...; NaN where the trial
            does not have the parameter.
        attrs: the same trials; `receptive_field` in samples and `flops`.
        groups: group of each label; labels without one are in none.
        seed: of the splits by which gains are judged.

    Raises:
        AnalysisError: `params` and `attrs` are not of the same trials, or `scores` is not such a table.
    """
    if not params.index.equals(attrs.index):
        raise AnalysisError(
            f"parameters and attributes must be of the same trials in the same order, but got {len(params)} and "
            f"{len(attrs)} rows; index both by trial number"
        )
    table = tabulate_scores(scores, params.index)
    overall, by_group = table.overall(), table.by_group(groups)
    group_names, grouped = (ALL_LABELS, *by_group), np.column_stack([overall, *by_group.values()])
    factors = architecture_factors(params)
    models = [factors, field_factors(params, attrs)]
    gains = own_gains(factors, table.values, overall, table.labels, seed=seed)
    sizes = (group_names[1:], grouped[:, 1:]) if by_group else (table.labels, table.values)
    together = own_gains(factors, sizes[1], overall, sizes[0], simultaneous=True, seed=seed)
    members = [table.labels, *(tuple(label for label in table.labels if groups.get(label) == one) for one in by_group)]
    counts = (~np.isnan(grouped)).sum(axis=0).tolist()
    bests = _best(grouped, overall, params.index)
    bests = [_with_error(best, table, labels, params.index) for best, labels in zip(bests, members, strict=True)]
    group_rows = tuple(map(GroupResult, group_names, members, counts, bests, effects(models, grouped)))
    label_bests = _best(table.values, overall, params.index)
    return LabelAnalysis(
        n=int((~np.isnan(overall)).sum()),
        labels=_label_rows(table, groups, label_bests, gains, effects(models, table.values), params.index),
        groups=group_rows[1:],
        overall=group_rows[0],
        pooling_field=pooling_field(params, attrs, grouped, group_names),
        one_size=one_size(together),
        method=_METHOD,
    )


def _label_rows(
    table: LabelScores,
    groups: Mapping[str, str | None],
    best: list[Best | None],
    gains: tuple[Gain | None, ...],
    found: list[tuple[Effect, ...]],
    trials: pd.Index,
) -> tuple[LabelResult, ...]:
    rows = []
    for place, (label, positives) in enumerate(zip(table.labels, table.n_positive, strict=True)):
        n = int((~np.isnan(table.values[:, place])).sum())
        top = best[place]
        if top is not None:
            top = _with_error(top, table, (label,), trials)
        why = None if n else "no trial could score it: its fold has no positive or no negative"
        rows.append(LabelResult(label, groups.get(label), positives, n, why, top, gains[place], found[place]))
    return tuple(rows)


def _best(scores: np.ndarray, overall: np.ndarray, numbers: pd.Index) -> list[Best | None]:
    """For each column of scores; None where no trial has one."""
    found: list[Best | None] = []
    for column in scores.T:
        if np.isnan(column).all():
            found.append(None)
            continue
        top, common = int(np.nanargmax(column)), int(np.nanargmax(overall))
        there = None if np.isnan(column[common]) else float(column[common])
        found.append(Best(int(numbers[top]), float(column[top]), int(numbers[common]), there))
    return found


def _with_error(best: Best | None, table: LabelScores, labels: Sequence[str], trials: pd.Index) -> Best | None:
    """With the standard error of the mean score over `labels`."""
    if best is None:
        return None
    columns = [place for place, label in enumerate(table.labels) if label in set(labels)]
    scores = table.values[trials.get_loc(best.number), columns]
    positives = np.array(table.n_positive)[columns][~np.isnan(scores)]
    if not positives.all():
        return best
    return replace(best, standard_error=_sampling_error(scores[~np.isnan(scores)], positives))


def _sampling_error(scores: np.ndarray, positives: np.ndarray) -> float:
    variances = scores * (1 - scores) / positives / 4
    return float(np.sqrt(variances.sum()) / len(scores))
