"""How the score grows with compute, and what moves with it; told per doubling, which studies' ranges allow."""

import math
from collections.abc import Iterator

from analysis.analyze import Analysis
from analysis.laws.frontier import FrontierLaw
from analysis.laws.scaling import Movement, Scale, ScalingRule
from analysis.laws.status import Status
from analysis.scaling import Scaling, following
from analysis.words import amount, falling_power, score, share, spoken

_SMALL_FACTOR = 0.05


def growth(analysis: Analysis) -> Iterator[str]:
    """The law of the compute frontier, or why there is none; and where the error levels off."""
    if analysis.scaling is None or analysis.complete.cost is None or analysis.error is None:
        return
    law, cost = analysis.scaling.frontier, spoken(analysis.complete.cost.name)
    if law.status is Status.TOO_FEW_POINTS:
        yield f"Too few complete trials for a scaling law: {law.reason}."
    elif law.status is not Status.CONVERGED:
        low, high = sorted(_gain(alpha) for alpha in law.ci95["alpha"])
        yield (
            f"No scaling law shows here: the error does not reliably fall with {cost}; doubling the {cost} changes the "
            f"best error by {_signed(-high)} to {_signed(-low)} (95 % interval, n = {law.n} points)."
        )
    else:
        yield _law(analysis.scaling, law, spoken(analysis.error.name))
        yield from _saturation(analysis.scaling)


def scaling_rule(analysis: Analysis) -> Iterator[str]:
    """What of the best networks moves with cost; told where the error falls with it."""
    scaling, complete = analysis.scaling, analysis.complete
    if scaling is None or complete.cost is None or scaling.frontier.status is not Status.CONVERGED:
        return
    moving = [rule for rule in scaling.rules if _is_worth_telling(rule)]
    chosen = [rule.sentence for rule in moving if rule.param not in following(complete)]
    if chosen:
        yield f"To double the {spoken(complete.cost.name)} as the best networks do: {'; '.join(chosen)}."


def _law(scaling: Scaling, law: FrontierLaw, error: str) -> str:
    cost, alpha = spoken(scaling.cost), law.params["alpha"]
    seen = " to ".join(amount(end, scaling.cost) for end in (min(law.x), max(law.x)))
    low, high = law.ci95["alpha"]
    untold = law.holdout is not None and not law.holdout.beaten
    doubt = " It does not predict the largest networks from the smaller ones: more trials would tell." if untold else ""
    return (
        f"Doubling the {cost} cuts the best error by {share(_gain(alpha))} ({share(_gain(low))} to "
        f"{share(_gain(high))}), from {seen}: {error} falls as {cost} to the power "
        f"{falling_power(alpha, law.ci95['alpha'])} (n = {law.n} points, each the best of its bin).{doubt}"
    )


def _gain(alpha: float) -> float:
    """The share of the error that doubling takes away."""
    return float(1 - 2**-alpha)


def _signed(change: float) -> str:
    return f"{'+' if change > 0 else ''}{share(change)}"


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
