"""What was found, in words: each finding with how much it is worth reading."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from analysis.analyze import Analysis
from analysis.design_space import Comparison
from analysis.importance import Drawn
from analysis.labels import OneSizeVerdict
from analysis.laws.scaling import Movement, Scale, ScalingRule
from analysis.laws.status import Status as LawStatus
from analysis.recommend import Recommendation
from analysis.regions import Kind
from analysis.regions.timeline import RegionHistory
from analysis.regions.words import region_told
from analysis.scaling import Scaling
from analysis.trials import Trials
from analysis.words import amount, counted, listed, network, score, spoken

_NEAR_BEST = 0.1  # of the way from the median to the best
_WORTH_SAVING = 1.5
_SIGNIFICANT = 0.05
_SMALL_FACTOR = 0.05
_STRONG = 0.05
_FEWEST_PLACES = 4


def findings(
    analysis: Analysis, tests: Mapping[int, Mapping[str, Any] | None], regions: Sequence[RegionHistory] = ()
) -> list[str]:
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
        *_narrowed(regions),
    ]


def _best(analysis: Analysis, tests: Mapping[int, Mapping[str, Any] | None]) -> Iterator[str]:
    complete = analysis.complete
    best = _best_member(analysis)
    name, value = complete.score.name, complete.value(best, complete.score)
    test = tests.get(best)
    checked = f" ({test[name]:.3f} on the untouched test fold)" if test and name in test else ""
    price = "" if complete.cost is None else f" for {amount(_cost(complete, best), complete.cost.name)}"
    yield (
        f"The best of {counted(len(complete), 'network')} is {_called(complete, best)}: {spoken(name)} "
        f"{score(value)}{checked}{price}."
    )


def _cheaper(analysis: Analysis) -> Iterator[str]:
    """The cheapest front member that is nearly as good as the best."""
    complete = analysis.complete
    if complete.cost is None:
        return
    top = _best_member(analysis)
    scores = complete.values[complete.score.name]
    sign = complete.score.sign
    tolerance = _NEAR_BEST * abs(scores.loc[top] - scores.median())
    near = [n for n in analysis.fronts.members if sign * (scores.loc[top] - scores.loc[n]) <= tolerance]
    lean = min(near, key=lambda number: _cost(complete, number))
    if _cost(complete, lean) <= 0 or _cost(complete, top) / _cost(complete, lean) < _WORTH_SAVING:
        return
    saving, loss = _cost(complete, top) / _cost(complete, lean), abs(scores.loc[top] - scores.loc[lean])
    yield (
        f"Nearly as good is {_called(complete, lean)}: it gives up {score(loss)} of "
        f"{spoken(complete.score.name)} and needs "
        f"{saving:.2g} times less: {amount(_cost(complete, lean), complete.cost.name)}."
    )


def _what_matters(analysis: Analysis) -> Iterator[str]:
    ranked = analysis.importance
    if not ranked.trusted:
        yield f"The trials do not tell which parameters matter. {ranked.doubt}"
        return
    leading = [row for row in ranked.params if row.matters][:2]
    if not leading:
        yield f"No parameter matters for sure ({ranked.model}, {_fit(analysis)})."
        return
    first = leading[0]
    sign = ""
    if first.spearman is not None and first.spearman_ci95 is not None and math.prod(first.spearman_ci95) > 0:
        more = f"a {'higher' if first.spearman > 0 else 'lower'} {spoken(analysis.complete.score.name)}"
        sign = f"; more of {'it' if len(leading) == 1 else 'the first'} goes with {more}"
    names = " and then ".join(row.param for row in leading)
    yield f"What matters most is {names}{sign} ({ranked.model}, {_fit(analysis)})."


def _fit(analysis: Analysis) -> str:
    ranked = analysis.importance
    drawn = "" if ranked.draws.how is Drawn.UNKNOWN else f", drawn {ranked.draws.how.value}"
    return f"cross-validated r = {ranked.cv_pearson_mean:.2f}, n = {ranked.n:,}{drawn}"


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
        cut = 1 - 10 ** -law.params["alpha"]
        yield (
            f"Ten times the {cost} cut the best error by {cut:.0%}: {spoken(analysis.error.name)} "
            f"falls as {cost} to the power -{law.params['alpha']:.3g} (95 % interval {low:.3g} to {high:.3g}, "
            f"{law.n} points, each the best of its bin).{doubt}"
        )
        yield from _saturation(analysis.scaling)
        yield from _rules(analysis.scaling, cost)


def _rules(scaling: Scaling, cost: str) -> Iterator[str]:
    """What moves with cost; told where the error falls with it."""
    moves = [rule.sentence for rule in scaling.rules if _is_worth_telling(rule)]
    if moves:
        yield f"For ten times the {cost}: {'; '.join(moves)}."


def _is_worth_telling(rule: ScalingRule) -> bool:
    """Whether a parameter moves, and by more than a twentieth if it is multiplied."""
    moves = rule.movement in (Movement.UP, Movement.DOWN)
    return moves and (rule.scale is not Scale.FACTOR or abs(math.log(rule.per_decade)) > _SMALL_FACTOR)


def _saturation(scaling: Scaling) -> Iterator[str]:
    """Where the error levels off, if that is where trials are or a decade beyond."""
    found = scaling.offset.saturation
    if found is None or found.x > 10 * max(scaling.frontier.x):
        return
    where = f"{amount(found.x, scaling.cost)}, which {'' if found.reached else 'no '}trials have passed"
    yield (
        f"The error levels off at {score(scaling.offset.params['E'])}: beyond {where}, doubling it gains less than "
        f"{found.gain:.0%} of the error."
    )


def _to_try(analysis: Analysis) -> Iterator[str]:
    """The candidate that promises most beyond what is expected of the best trial within its budget."""
    rows = [row for row in analysis.recommendations.rows if row.worth_trying]
    if not rows:
        return
    row = max(rows, key=lambda row: _promise(analysis.complete, row))
    assert row.untried is not None
    low, high = row.untried.predicted.ci95
    beside = ""
    if row.tried is not None and row.tried.predicted is not None:
        beside = (
            f"; of the best trial, {score(row.tried.predicted.score)} was expected and {score(row.tried.score)} reached"
        )
    yield (
        f"Worth a try for at most {amount(row.budget.limit, row.budget.by)}: {network(row.untried.params)}, untrained "
        f"yet, is expected to reach {score(row.untried.predicted.score)} ({score(low)} to {score(high)}){beside}."
    )


def _promise(complete: Trials, row: Recommendation) -> float:
    if row.untried is None or row.tried is None or row.tried.predicted is None:
        return 0.0
    return complete.score.sign * (row.untried.predicted.score - row.tried.predicted.score)


def _together(analysis: Analysis) -> Iterator[str]:
    found = [
        f"{' and '.join(one.params)} act together ({one.strength:.0%} of what the forest sees)"
        for one in analysis.interactions
        if one.is_found and one.strength >= _STRONG
    ]
    if found:
        yield f"Do not tune these one at a time: {listed(found[:2])}."


def _families(analysis: Analysis) -> Iterator[str]:
    """For each column to group by: which of its parts holds the front, and which has smaller errors on the whole."""
    for column, parts in analysis.fronts.by.items() if len(analysis.fronts.members) >= _FEWEST_PLACES else ():
        leader = max(parts, key=lambda value: parts[value].on_front)
        part, places = parts[leader], counted(len(analysis.fronts.members), "place")
        yield (
            f"{column} {leader} holds {part.on_front} of the {places} on the Pareto front; it was {part.n:,} of the "
            f"{len(analysis.complete):,} networks tried.{_against_the_rest(analysis, column, leader)}"
        )


def _against_the_rest(analysis: Analysis, column: str, value: str) -> str:
    parts = () if analysis.spaces is None else analysis.spaces.parts.get(column, ())
    found = next((part.against_the_rest for part in parts if part.value == value), None)
    if found is None or found.mean is None or found.ks is None or found.ks.p_value > _SIGNIFICANT:
        return ""
    return f" {_difference(found)}"


def _difference(found: Comparison) -> str:
    assert found.mean is not None
    low, high = sorted(abs(end) for end in found.mean.ci95)
    if found.mean.ci95[0] * found.mean.ci95[1] <= 0:
        return ""
    equal = " at equal cost" if found.complexity is not None else ""
    less = "less" if found.mean.difference < 0 else "more"
    by = f"{score(abs(found.mean.difference))} ({score(low)} to {score(high)})"
    return f"Its mean error is {by} {less} than the others'{equal}."


def _labels(analysis: Analysis) -> Iterator[str]:
    if analysis.labels is None:
        return
    if analysis.labels.one_size.verdict is not OneSizeVerdict.UNTOLD:
        yield analysis.labels.one_size.sentence
    overall = analysis.labels.pooling_field[0]
    if overall.interaction is not None:
        yield overall.sentence


def _narrowed(regions: Sequence[RegionHistory]) -> Iterator[str]:
    """What is left of the search space, and how often a cut was made or taken back."""
    for history in regions:
        cuts = len(history.changes(Kind.CUT))
        if not cuts:
            continue
        where = f"The search space of {history.study}" if len(regions) > 1 else "The search space"
        counts = {kind.value: len(history.changes(kind)) for kind in (Kind.REOPENED, Kind.UNDONE)}
        again = "".join(f", {n:,} {kind}" for kind, n in counts.items() if n)
        yield (
            f"{where} was narrowed by {counted(cuts, 'cut')}{again}; after {counted(history.trials, 'trial')} the "
            f"search draws from {region_told(history.current)}."
        )


def _best_member(analysis: Analysis) -> int:
    """The trial with the best score: the one that costs least among equals, which is on the front."""
    complete = analysis.complete
    return max(analysis.fronts.members, key=lambda number: complete.score.sign * complete.value(number, complete.score))


def _cost(complete: Trials, number: int) -> float:
    assert complete.cost is not None
    return complete.value(number, complete.cost)


def _called(complete: Trials, number: int) -> str:
    return complete.label(number) if complete.names is not None else network(complete.drawn(number))
