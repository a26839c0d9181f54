"""What was found, in words: each finding with how much it is worth reading."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.analyze import Analysis
from analysis.design_space import Comparison
from analysis.labels import OneSizeVerdict
from analysis.laws import Status as LawStatus
from analysis.pareto import default_reference
from analysis.recommend import Recommendation
from analysis.scaling import Scaling
from analysis.trials import Direction, Trials
from analysis.words import amount, counted, listed, network, score, spoken

_NEAR_BEST = 0.1  # of the way from the median to the best
_WORTH_SAVING = 1.5
_SIGNIFICANT = 0.05


def findings(analysis: Analysis, tests: Mapping[int, Mapping[str, float] | None]) -> list[str]:
    """Sentences, most interesting first; each says on how many trials it rests."""
    if not len(analysis.complete):
        return ["No trial is complete yet: there is nothing to say."]
    return [
        *_best(analysis, tests),
        *_cheaper(analysis),
        *_what_matters(analysis),
        *_scaling(analysis),
        *_to_try(analysis),
        *_together(analysis),
        *_families(analysis),
        *_labels(analysis),
    ]


def _best(analysis: Analysis, tests: Mapping[int, Mapping[str, float] | None]) -> Iterator[str]:
    complete = analysis.complete
    best = _best_member(analysis)
    name, value = complete.score.name, float(complete.values.loc[best, complete.score.name])
    test = tests.get(best)
    checked = f" ({test[name]:.3f} on the untouched test fold)" if test and name in test else ""
    price = "" if complete.cost is None else f" for {amount(_cost(complete, best), complete.cost.name)}"
    yield (
        f"The best of {counted(len(complete), 'network')} is a {network(complete.drawn(best))}: {spoken(name)} "
        f"{score(value)}{checked}{price}."
    )


def _cheaper(analysis: Analysis) -> Iterator[str]:
    """The cheapest front member that is nearly as good as the best."""
    complete = analysis.complete
    if complete.cost is None:
        return
    top = _best_member(analysis)
    scores = complete.values[complete.score.name]
    sign = _sign(complete)
    middle = default_reference(scores.to_numpy()[:, None], [complete.score.direction])[0]
    middle = float(scores.median()) if complete.score.direction is Direction.MINIMIZE else middle
    tolerance = _NEAR_BEST * abs(scores.loc[top] - middle)
    near = [n for n in analysis.fronts.members if sign * (scores.loc[top] - scores.loc[n]) <= tolerance]
    lean = min(near, key=lambda number: _cost(complete, number))
    if _cost(complete, lean) <= 0 or _cost(complete, top) / _cost(complete, lean) < _WORTH_SAVING:
        return
    saving, loss = _cost(complete, top) / _cost(complete, lean), abs(scores.loc[top] - scores.loc[lean])
    yield (
        f"A {network(complete.drawn(lean))} gives up {score(loss)} of {spoken(complete.score.name)} and needs "
        f"{saving:.2g} times less: {amount(_cost(complete, lean), complete.cost.name)}."
    )


def _what_matters(analysis: Analysis) -> Iterator[str]:
    ranked = analysis.importance
    if not ranked.trusted:
        yield f"The trials do not tell which parameters matter. {ranked.doubt}"
        return
    names = [row.param for row in ranked.params if row.matters][:2]
    if not names:
        yield f"No parameter matters for sure ({ranked.model}, {_fit(analysis)})."
        return
    top = ranked.params[0]
    sign = ""
    if top.spearman is not None and top.spearman_ci95 is not None and top.spearman_ci95[0] * top.spearman_ci95[1] > 0:
        sign = f"; more of the first goes with a {'higher' if top.spearman > 0 else 'lower'} score"
    yield f"What matters most is {' and then '.join(names)}{sign} ({ranked.model}, {_fit(analysis)})."


def _fit(analysis: Analysis) -> str:
    ranked = analysis.importance
    return f"cross-validated r = {ranked.cv_pearson_mean:.2f}, n = {ranked.n:,}, drawn {ranked.draws.how.value}"


def _scaling(analysis: Analysis) -> Iterator[str]:
    if analysis.scaling is None or analysis.complete.cost is None or analysis.error is None:
        return
    law, cost = analysis.scaling.frontier, spoken(analysis.complete.cost.name)
    if law.status is LawStatus.TOO_FEW_POINTS:
        yield f"Too few complete trials for a scaling law: {law.reason}."
    elif law.status is not LawStatus.CONVERGED:
        yield f"No scaling law shows here: the error does not reliably fall with {cost} ({law.reason}, n = {law.n})."
    else:
        low, high = law.ci95["alpha"]
        doubt = ""
        if law.holdout is not None and not law.holdout.beaten:
            doubt = " It does not predict the largest networks from the smaller ones: more trials would tell."
        yield (
            f"Ten times the {cost} cut the best error by {1 - 10 ** -law.params['alpha']:.0%}: {analysis.error.name} "
            f"falls as {cost} to the power -{law.params['alpha']:.2f} (95 % interval {low:.2f} to {high:.2f}, "
            f"{law.n} frontier points).{doubt}"
        )
        yield from _saturation(analysis.scaling)
    moves = [rule.sentence for rule in analysis.scaling.rules if rule.moves]
    if moves:
        yield f"For ten times the {cost}: {'; '.join(moves)}."
