"""Does average pooling act as a regulariser when the receptive field is local (Lee, Jo, Kwon, arXiv 2308.12492)?

The score is regressed on log2 receptive field, log2 FLOPs, average pooling (or another) and the product of pooling and
field, within families. If average pooling regularises local networks, it is ahead where the field is small, and the
less so the larger the field.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from analysis.labels.factors import AVERAGE, field_factors, pooling_of
from analysis.labels.regression import MIN_DEGREES, Estimate, fit
from analysis.status import Status

_LOCAL, _WIDE = 0.1, 0.9
_AVERAGE, _PRODUCT = 2, 3


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNTOLD = "the trials do not tell"


@dataclass(frozen=True)
class PoolingField:
    """The answer for one score.

    Attributes:
        group: a group of labels, or "all labels".
        sentence: the verdict in words, with its reason.
        n: trials with pooling as a parameter, a receptive field and a score.
        interaction: change of average pooling's advantage per doubling of the receptive field.
        local_field, wide_field: the 10th and 90th percentile of the receptive field, in samples.
        local_advantage, wide_advantage: balanced accuracy by which average pooling is ahead of the others there.
    """

    group: str
    verdict: Verdict
    sentence: str
    n: int
    interaction: Estimate | None = None
    local_field: float | None = None
    wide_field: float | None = None
    local_advantage: Estimate | None = None
    wide_advantage: Estimate | None = None


def pooling_field(
    params: pd.DataFrame, attrs: pd.DataFrame, scores: np.ndarray, names: tuple[str, ...]
) -> tuple[PoolingField, ...]:
    """One answer for each score.

    Args:
        params, attrs: n trials; attrs with `receptive_field` (samples) and `flops`.
        scores: n x L; NaN where a trial has no score.
        names: of the L scores.
    """
    pooling = pooling_of(params)
    factors = field_factors(params, attrs)
    usable = np.array([isinstance(value, str) for value in pooling], dtype=bool) & ~np.isnan(factors.columns).any(
        axis=1
    )
    found = []
    for name, score in zip(names, scores.T, strict=True):
        rows = np.flatnonzero(usable & ~np.isnan(score))
        found.append(_answer(name, pooling[rows], factors.columns[rows], factors.family[rows], score[rows]))
    return tuple(found)


def _answer(name: str, pooling: np.ndarray, field: np.ndarray, family: np.ndarray, score: np.ndarray) -> PoolingField:
    tried = sorted(set(pooling))
    if AVERAGE not in tried or len(tried) < 2:
        return _untold(name, len(score), _not_tried(tried))
    local, wide = np.quantile(field[:, 0], [_LOCAL, _WIDE])
    at_local = _estimates(field, pooling == AVERAGE, family, score, at=local)
    at_wide = _estimates(field, pooling == AVERAGE, family, score, at=wide)
    if isinstance(at_local, str) or isinstance(at_wide, str):
        return _untold(name, len(score), str(at_local))
    verdict, reason = _judge(*at_local)
    fields = float(2**local), float(2**wide)
    return PoolingField(name, verdict, reason, len(score), at_local[1], *fields, at_local[0], at_wide[0])


def _estimates(
    field: np.ndarray, average: np.ndarray, family: np.ndarray, score: np.ndarray, *, at: float
) -> tuple[Estimate, Estimate] | str:
    """Average pooling's advantage where log2 receptive field is `at`, and its change per doubling; or why not."""
    indicator = average.astype(float)
    columns = np.column_stack([field, indicator, indicator * (field[:, 0] - at)])
    regression = fit(columns, family, score[:, None])
    if regression.degrees < MIN_DEGREES:
        return f"{len(score)} trials have what it takes; {MIN_DEGREES} more than coefficients are needed"
    if any(regression.status[column] is not Status.ANSWERED for column in (_AVERAGE, _PRODUCT)):
        return "pooling and receptive field were not varied independently of each other"
    return regression.estimate(_AVERAGE, 0), regression.estimate(_PRODUCT, 0)


def _judge(advantage: Estimate, interaction: Estimate) -> tuple[Verdict, str]:
    """From average pooling's advantage where the field is local and its change per doubling of the field."""
    ahead = f"{advantage.value:+.3f} ({advantage.ci95[0]:+.3f} to {advantage.ci95[1]:+.3f}) where the field is local"
    change = f"{interaction.value:+.4f} ({interaction.ci95[0]:+.4f} to {interaction.ci95[1]:+.4f}) per doubling"
    figures = f"average pooling's advantage is {ahead} and changes by {change}"
    if interaction.ci95[0] > 0:
        return Verdict.NO, f"No, the advantage grows with the field: {figures}."
    if advantage.ci95[1] < 0:
        return Verdict.NO, f"No, other poolings are better where the field is local: {figures}."
    if advantage.ci95[0] > 0 and interaction.ci95[1] < 0:
        return Verdict.YES, f"Yes: {figures}."
    return Verdict.UNTOLD, f"The trials do not tell: {figures}."


def _not_tried(tried: list[str]) -> str:
    if not tried:
        return "no trial has pooling as a parameter, a receptive field, FLOPs and a score"
    if AVERAGE not in tried:
        return f"average pooling was not tried, only {', '.join(tried)}"
    return "only average pooling was tried"


def _untold(name: str, n: int, why: str) -> PoolingField:
    return PoolingField(name, Verdict.UNTOLD, f"The trials do not tell: {why}.", n)
