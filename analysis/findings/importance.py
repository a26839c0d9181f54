"""Which parameters matter, and which act together."""

import math
from collections.abc import Iterator

from analysis.analyze import Analysis
from analysis.importance import Drawn, ParameterImportance
from analysis.words import listed, share, spoken

_STRONG = 0.05
_MOST = 2
_DRAWN = {
    Drawn.UNIFORMLY: ", drawn uniformly",
    Drawn.ADAPTIVELY: ", drawn by a sampler that learns",
    Drawn.MIXED: ", drawn in part by a sampler that learns",
}


def leading_parameters(analysis: Analysis) -> Iterator[str]:
    """The two that matter most, with their importance and how well the forest predicts."""
    ranked = analysis.importance
    if not ranked.trusted:
        yield f"The trials do not tell which parameters matter. {ranked.doubt}"
        return
    leading = [row for row in ranked.params if row.matters][:_MOST]
    if not leading:
        yield f"No parameter matters for sure ({ranked.model}, {_fit(analysis)})."
        return
    first = leading[0]
    sign = ""
    if first.spearman is not None and first.spearman_ci95 is not None and math.prod(first.spearman_ci95) > 0:
        more = f"a {'higher' if first.spearman > 0 else 'lower'} {spoken(analysis.complete.score.name)}"
        sign = f"; more of {'it' if len(leading) == 1 else 'the first'} goes with {more}"
    names = " and then ".join(map(_weighed, leading))
    yield f"What matters most is {names}{sign} ({ranked.model}, {_fit(analysis)})."


def acting_together(analysis: Analysis) -> Iterator[str]:
    """Pairs of parameters of which one decides what is best for the other."""
    found = [
        f"{' and '.join(one.params)} act together ({share(one.strength)} of what the forest sees)"
        for one in analysis.interactions
        if one.is_found and one.strength >= _STRONG
    ]
    if found:
        yield f"Do not tune these one at a time: {listed(found[:_MOST])}."


def _weighed(row: ParameterImportance) -> str:
    """With what the forest loses without it."""
    low, high = row.permutation_ci95
    return f"{row.param} (R² falls by {row.permutation:.2f} when it is shuffled; {low:.2f} to {high:.2f})"


def _fit(analysis: Analysis) -> str:
    ranked = analysis.importance
    drawn = _DRAWN.get(ranked.draws.how, "")
    return f"cross-validated r = {ranked.cv_pearson_mean:.2f}, n = {ranked.n:,}{drawn}"
