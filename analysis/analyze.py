"""Finished trials in, everything that can be said of them out."""

from dataclasses import dataclass, replace

import pandas as pd

from analysis.claims import Claim, check_claims
from analysis.error_rate import ErrorRate, error_rate
from analysis.fronts import Fronts, find_fronts
from analysis.importance import Importance, Interaction, importance, importance_by, interactions
from analysis.importance.draws import samplers_of
from analysis.labels import LabelAnalysis, analyse_labels
from analysis.question import Question, column_of
from analysis.recommend import Budget, Recommendations, budget_ladder, recommend
from analysis.scaling import Scaling, describe_scaling
from analysis.spaces import Spaces, describe_spaces
from analysis.trials import Trials
from storage.database import Say


@dataclass(frozen=True)
class Analysis:
    """What finished trials say; what they are too few for is empty or None, or says so itself.

    Attributes:
        trials, complete: all trials, and those that are complete.
        error: the score as an error; None where nobody knows what a perfect score is.
        importance_by: by column, then by its values.
        interactions: of pairs among the most important parameters, the strongest first.
        labels: None without scores by label.
        claims: the findings of the work that the trials repeat; None where they repeat none.
    """

    question: Question
    trials: Trials
    complete: Trials
    error: ErrorRate | None
    fronts: Fronts
    importance: Importance
    importance_by: dict[str, dict[str, Importance]]
    interactions: tuple[Interaction, ...]
    scaling: Scaling | None
    spaces: Spaces | None
    labels: LabelAnalysis | None
    recommendations: Recommendations
    claims: tuple[Claim, ...] | None = None


def analyze(trials: Trials, question: Question, say: Say = lambda stage: None) -> Analysis:
    """Ask all questions of the complete trials.

    Args:
        say: told what is asked next.

    Raises:
        AnalysisError: the question names what the trials do not have.
    """
    complete = trials.complete()
    groups = question.group_columns(complete)
    error = error_rate(complete)
    say(f"front of {len(complete):,} complete trials")
    fronts = find_fronts(complete, question.reference, groups, runs=_runs(complete, question), seed=question.seed)
    say("importance of the parameters")
    ranked = _importance(complete, question)
    by_group = {name: _importance_by(complete, column, question) for name, column in groups.items()}
    pairs = _interactions(complete, ranked, question)
    say("scaling laws")
    scaling = None if error is None or complete.cost is None else describe_scaling(complete, error, seed=question.seed)
    say("regions of the space")
    spaces = None if error is None else describe_spaces(complete, error, groups, seed=question.seed)
    say("labels")
    labels = _labels(complete, question)
    say("what to build for a budget")
    found = Analysis(
        question=question,
        trials=trials,
        complete=complete,
        error=error,
        fronts=fronts,
        importance=ranked,
        importance_by=by_group,
        interactions=pairs,
        scaling=scaling,
        spaces=spaces,
        labels=labels,
        recommendations=_recommendations(complete, question),
    )
    return replace(found, claims=check_claims(found))


def _runs(complete: Trials, question: Question) -> pd.Series | None:
    return None if question.runs is None else column_of(complete, question.runs)


def _importance(complete: Trials, question: Question) -> Importance:
    return importance(
        complete.params,
        complete.values[complete.score.name],
        derived=_derived(complete, question),
        samplers=samplers_of(complete.attrs),
        shap=question.shap,
        seed=question.seed,
    )


def _importance_by(complete: Trials, column: pd.Series, question: Question) -> dict[str, Importance]:
    """The ranking within each group."""
    return importance_by(
        complete.params,
        complete.values[complete.score.name],
        column,
        samplers=samplers_of(complete.attrs),
        seed=question.seed,
    )


def _derived(complete: Trials, question: Question) -> pd.DataFrame | None:
    names = [name for name in question.derived if name in complete.attrs and name not in complete.params]
    return complete.attrs[names].astype(float) if names else None


def _interactions(complete: Trials, ranked: Importance, question: Question) -> tuple[Interaction, ...]:
    if len(ranked.leading) < 2 or not ranked.trusted:
        return ()
    return interactions(complete.params, complete.values[complete.score.name], ranked.leading, seed=question.seed)


def _labels(complete: Trials, question: Question) -> LabelAnalysis | None:
    if question.labels is None or question.labels.scores.empty or not len(complete):
        return None
    return analyse_labels(
        question.labels.scores, complete.params, complete.attrs, question.labels.groups, seed=question.seed
    )


def _recommendations(complete: Trials, question: Question) -> Recommendations:
    budgets = []
    if complete.cost is not None:
        costs = complete.values[complete.cost.name].to_numpy(dtype=float)
        budgets = [Budget(complete.cost.name, limit) for limit in budget_ladder(costs)]
    return recommend(complete, budgets, question.candidates, seed=question.seed)
