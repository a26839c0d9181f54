"""What a ranking of parameters says, and what it is worth."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from analysis.bootstrap import Interval
from analysis.importance.draws import Draws
from analysis.importance.forest import MODEL

# A forest of pure noise reaches r = 0.5 in 9 % of cases with 12 trials, 3 % with 30, none of 200 with 100. Of rankings
# of a known function by 30 trials, 97 % of those with r >= 0.5 have the right first parameter, 39 % of the others.
MIN_TRIALS = 30
TRUSTED_PEARSON = 0.5
MOST_SPREAD = 0.5  # of r over the folds
_LEADING = 4


class Status(StrEnum):
    """Whether there is a ranking, and why not."""

    RANKED = "ranked"
    TOO_FEW_TRIALS = "too few trials"
    NO_PARAMETER_VARIES = "no parameter varies"
    SCORE_IS_CONSTANT = "the score is constant"


@dataclass(frozen=True)
class ParameterImportance:
    """How much one parameter, or one number derived from them, matters for the score.

    Attributes:
        n: trials that have it.
        permutation: fall of R2 on held-out trials when it is shuffled; the measure to rank by.
        permutation_ci95: its interval over held-out trials; above 0, the parameter matters to the forests.
        gini: share of the variance that the forests' splits remove, all sum to 1; favours parameters of many values.
        shap: mean |SHAP| in units of the score; None where it was not asked for.
        spearman: rank correlation with the score over the trials that have it; None for what has no order.
        spearman_ci95: its interval.
        derived: a function of the parameters, as FLOPs are, rather than one that was chosen.
    """

    param: str
    n: int
    permutation: float
    permutation_ci95: Interval
    gini: float
    shap: float | None = None
    spearman: float | None = None
    spearman_ci95: Interval | None = None
    derived: bool = False

    @property
    def matters(self) -> bool:
        return self.permutation_ci95[0] > 0


@dataclass(frozen=True)
class Predictions:
    """The score of each trial as forests predict it that have not seen the trial.

    Attributes:
        trials: the index of each, fold by fold.
        fold: in which it was held out, from 0.
    """

    trials: tuple[int, ...]
    fold: tuple[int, ...]
    observed: tuple[float, ...]
    predicted: tuple[float, ...]


@dataclass(frozen=True)
class Importance:
    """A ranking of parameters, most important first, by forests judged on trials they have not seen.

    Attributes:
        n: trials with a score, on which it rests; `n_unscored` more were left out.
        left_out: parameters of which the trials hold fewer than two values.
        draws: how the trials were drawn.
        cv_pearson: of each fold, the correlation of predicted and observed score; empty without a ranking.
        params: one row per parameter that varies; empty without a ranking.
        predictions: what `cv_pearson` are the correlations of; None without a ranking.
        with_derived: the same of forests that see the derived numbers too; None where there are none.
    """

    status: Status
    n: int
    n_unscored: int
    left_out: tuple[str, ...]
    draws: Draws
    cv_pearson: tuple[float, ...] = ()
    params: tuple[ParameterImportance, ...] = ()
    predictions: Predictions | None = None
    with_derived: "Importance | None" = None
    model: str = MODEL

    @property
    def cv_pearson_mean(self) -> float:
        """NaN without a ranking."""
        return float(np.mean(self.cv_pearson)) if self.cv_pearson else float("nan")

    @property
    def trusted(self) -> bool:
        """Whether the forests predict well enough for importances to mean anything."""
        return not self.doubt

    @property
    def doubt(self) -> str:
        """Why the ranking is not to be trusted, or why there is none; empty where it is trusted."""
        match self.status:
            case Status.TOO_FEW_TRIALS:
                return f"Trials with a score: {self.n}; a ranking needs at least {MIN_TRIALS}."
            case Status.NO_PARAMETER_VARIES:
                if not self.left_out:
                    return "No parameter of these trials was named, so there is nothing to rank."
                return f"In {self.n} trials no parameter takes more than one value."
            case Status.SCORE_IS_CONSTANT:
                return f"All {self.n} trials have the same score."
            case Status.RANKED:
                return self._poor_fit()

    @property
    def caveats(self) -> tuple[str, ...]:
        """What to know when reading a ranking, in sentences."""
        told = [self.draws.caveat]
        if self.n_unscored:
            told.append(f"Trials without a score, which were left out: {self.n_unscored}.")
        if any(row.derived for row in self.params):
            told.append("Derived numbers are functions of the parameters: the two share their importance.")
        return tuple(sentence for sentence in told if sentence)

    @property
    def leading(self) -> tuple[str, ...]:
        """The most important few of the parameters that matter: those whose interactions are worth a look."""
        return tuple(row.param for row in self.params if row.matters)[:_LEADING]

    def _poor_fit(self) -> str:
        folds = ", ".join(f"{r:.2f}" for r in self.cv_pearson)
        spread = max(self.cv_pearson) - min(self.cv_pearson)
        if self.cv_pearson_mean < TRUSTED_PEARSON:
            rule = f"below {TRUSTED_PEARSON} its importances mean little"
        elif spread > MOST_SPREAD:
            rule = f"folds more than {MOST_SPREAD} apart do not agree"
        else:
            return ""
        return f"A {self.model} predicts held-out trials with r = {self.cv_pearson_mean:.2f} (folds {folds}); {rule}."
