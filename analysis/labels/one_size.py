"""Does one architecture suit all groups of labels, or does a group gain from its own?

The best observed score of a group is the highest of many noisy ones: its lead over the architecture that is best
overall is never negative and mostly luck. Here no trial is judged by a score that chose it. On half of the trials a
ridge regression learns each score from the architecture; in the other half it names the tenth that should suit the
group, and the tenth that should suit all labels; the difference of what these trials really scored is the gain. Halves
are swapped and splits repeated (cross-fitting; Chernozhukov et al., "Double/debiased machine learning", Econometrics
Journal 2018). The gain is then a weighted sum of observed scores, its error that of the sum: what a trial's score owes
to luck has the size of the predictions' residuals.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.stats import norm
from sklearn.linear_model import RidgeCV

from analysis.bootstrap import LEVEL, Interval
from analysis.importance.results import TRUSTED_PEARSON
from analysis.labels.factors import Factors, Unit
from analysis.labels.regression import within_cells
from analysis.labels.scores import same_rows

MIN_TRIALS = 40
MARGIN = 0.01
_SPLITS = 9
_CHOSEN_SHARE = 0.1
_MIN_CHOSEN = 3
_PENALTIES = np.logspace(-2, 4, 13)


class OneSizeVerdict(StrEnum):
    ONE_SIZE = "one size fits all"
    OWN = "some gain from their own architecture"
    UNTOLD = "the trials do not tell"


@dataclass(frozen=True)
class Gain:
    """What a label or group gains from architectures chosen for it over architectures chosen for all labels.

    Attributes:
        gain: balanced accuracy; negative where choosing for all labels does better, being less noisy.
        ci95: its interval.
        pearson: correlation of predicted and observed score on the halves that did not learn it.
        n: trials.
    """

    name: str
    gain: float
    ci95: Interval
    pearson: float
    n: int


@dataclass(frozen=True)
class OneSize:
    """
    Attributes:
        sentence: the verdict in words, with its reason.
        margin: gains below this are taken for none.
        gains: of each group, largest first; the intervals hold for all groups at once (Bonferroni).
    """

    verdict: OneSizeVerdict
    sentence: str
    margin: float
    gains: tuple[Gain, ...]


def own_gains(
    factors: Factors,
    scores: np.ndarray,
    overall: np.ndarray,
    names: tuple[str, ...],
    *,
    simultaneous: bool = False,
    seed: int = 0,
) -> tuple[Gain | None, ...]:
    """The gain of each score from its own architectures; None where fewer than MIN_TRIALS have it.

    Args:
        factors: the architecture of n trials.
        scores: n x L, NaN where a trial has no score.
        overall: n scores over all labels.
        names: of the L scores.
        simultaneous: whether the intervals hold for all scores at once.
    """
    level = 1 - (1 - LEVEL) / (max(1, len(names)) if simultaneous else 1)
    found: list[Gain | None] = [None] * len(names)
    for rows, columns in same_rows(np.where(np.isnan(overall)[:, None], np.nan, scores)):
        if len(rows) < MIN_TRIALS:
            continue
        targets = np.column_stack([scores[np.ix_(rows, columns)], overall[rows]])
        gains, errors, pearsons = _cross_fit(_features(factors)[rows], targets, seed)
        for place, column in enumerate(columns):
            reach = float(norm.ppf((1 + level) / 2)) * float(errors[place])
            gain = float(gains[place])
            found[column] = Gain(names[column], gain, (gain - reach, gain + reach), float(pearsons[place]), len(rows))
    return tuple(found)


def one_size(gains: tuple[Gain | None, ...]) -> OneSize:
    """The verdict over all groups, from gains whose intervals hold at once."""
    known = sorted((gain for gain in gains if gain is not None), key=lambda gain: -gain.gain)
    verdict, sentence = _judge(known)
    unjudged = len(gains) - len(known)
    left_out = f" Left out, having fewer than {MIN_TRIALS} scored trials: {unjudged}." if known and unjudged else ""
    return OneSize(verdict, sentence + left_out, MARGIN, tuple(known))


def _judge(gains: list[Gain]) -> tuple[OneSizeVerdict, str]:
    if not gains:
        return OneSizeVerdict.UNTOLD, f"The trials do not tell: a gain needs {MIN_TRIALS} scored trials."
    winners = [gain for gain in gains if gain.ci95[0] > 0 and gain.ci95[1] >= MARGIN]
    if winners:
        each = ", ".join(f"{one.name} {one.gain:.3f} ({one.ci95[0]:.3f} to {one.ci95[1]:.3f})" for one in winners)
        return OneSizeVerdict.OWN, f"Balanced accuracy gained from architectures of their own: {each}."
    unclear = [gain for gain in gains if gain.ci95[1] >= MARGIN]
    if unclear:
        worst = max(unclear, key=lambda gain: gain.ci95[1])
        return OneSizeVerdict.UNTOLD, (
            f"The trials do not tell: the gain of {worst.name} lies between {worst.ci95[0]:.3f} and "
            f"{worst.ci95[1]:.3f}; one size fits all would need every interval below {MARGIN}."
        )
    poor = min(gains, key=lambda gain: gain.pearson)
    if poor.pearson < TRUSTED_PEARSON:
        return OneSizeVerdict.UNTOLD, (
            f"The trials do not tell: depth, width, kernel and pooling predict {poor.name} poorly "
            f"(cross-validated r = {poor.pearson:.2f}), so that its own best architecture is not known."
        )
    return OneSizeVerdict.ONE_SIZE, f"One size fits all: no group gains {MARGIN} from an architecture of its own."


def _features(factors: Factors) -> np.ndarray:
    """Families, factors and the squares of numbers, n x p: what may have an optimum in between can show it."""
    families = np.eye(factors.family.max(initial=0) + 1)[factors.family]
    centred = within_cells(factors.columns, factors.family)
    centred = centred / (centred.std(axis=0) + 1e-12)
    numbers = [unit is Unit.PER_DOUBLING for unit in factors.units]
    return np.hstack([families, centred, centred[:, numbers] ** 2])


def _cross_fit(features: np.ndarray, targets: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gain, its standard error and the correlation for each target but the last, which is the score over all."""
    rng = np.random.default_rng(seed)
    weights, predicted = np.zeros_like(targets[:, :-1]), np.zeros_like(targets)
    for _ in range(_SPLITS):
        halves = np.array_split(rng.permutation(len(features)), 2)
        for learn, judge in (halves, halves[::-1]):
            model = RidgeCV(alphas=_PENALTIES, alpha_per_target=True).fit(features[learn], targets[learn])
            unseen = model.predict(features[judge])
            weights[judge] += (_chosen(unseen[:, :-1]) - _chosen(unseen[:, -1:])) / (2 * _SPLITS)
            predicted[judge] += unseen / _SPLITS
    scores, predicted = targets[:, :-1], predicted[:, :-1]
    luck = ((scores - predicted) ** 2).mean(axis=0)
    errors = np.sqrt(luck * (weights**2).sum(axis=0))
    return (weights * scores).sum(axis=0), errors, _pearson(predicted, scores)


def _chosen(predicted: np.ndarray) -> np.ndarray:
    """Equal weights on the tenth of the trials with the highest prediction, for each column."""
    count = max(_MIN_CHOSEN, round(_CHOSEN_SHARE * len(predicted)))
    places = np.argpartition(-predicted, count - 1, axis=0)[:count]
    weights = np.zeros_like(predicted)
    np.put_along_axis(weights, places, 1 / count, axis=0)
    return weights


def _pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Correlation of each column; 0 where one of them is constant."""
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    scale = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    correlation: np.ndarray = np.divide((a * b).sum(axis=0), scale, out=np.zeros(len(scale)), where=scale > 0)
    return correlation
