"""The best network, and the cheapest that is nearly as good."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.analyze import Analysis
from analysis.trials import Trials
from analysis.words import amount, counted, interval, network, score, spoken

_NEAR_BEST = 0.1  # of the way from the median to the best
_WORTH_SAVING = 1.5


def best_network(analysis: Analysis, tests: Mapping[int, Mapping[str, Any] | None]) -> Iterator[str]:
    """The front's member with the best score, its interval, and what the untouched fold says."""
    complete = analysis.complete
    best = _best_member(analysis)
    name, value = complete.score.name, complete.value(best, complete.score)
    price = "" if complete.cost is None else f" for {amount(_cost(complete, best), complete.cost.name)}"
    yield (
        f"The best of {counted(len(complete), 'network')} is {_called(complete, best)}: {spoken(name)} "
        f"{score(value)}{_doubt(complete.told(best), name)}{price}.{_tested(tests.get(best), name)}"
    )


def lean_network(analysis: Analysis) -> Iterator[str]:
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


def _tested(test: Mapping[str, Any] | None, name: str) -> str:
    if not test or name not in test:
        return ""
    return f" On the untouched test fold it scores {score(test[name])}{_doubt(test, name)}."


def _doubt(told: Mapping[str, Any], name: str) -> str:
    ends = told.get(f"{name}_ci95")
    return f" (95 % interval {interval(ends)})" if ends else ""


def _best_member(analysis: Analysis) -> int:
    """The trial with the best score: the one that costs least among equals, which is on the front."""
    complete = analysis.complete
    return max(analysis.fronts.members, key=lambda number: complete.score.sign * complete.value(number, complete.score))


def _cost(complete: Trials, number: int) -> float:
    assert complete.cost is not None
    return complete.value(number, complete.cost)


def _called(complete: Trials, number: int) -> str:
    return complete.label(number) if complete.names is not None else network(complete.drawn(number))
