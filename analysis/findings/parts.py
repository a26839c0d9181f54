"""Which part of the space holds the front, and which has smaller errors on the whole."""

from collections.abc import Iterator

from analysis.analyze import Analysis
from analysis.design_space import Comparison
from analysis.words import interval, score

_SIGNIFICANT = 0.05
_FEWEST_PLACES = 4


def parts_of_the_space(analysis: Analysis) -> Iterator[str]:
    """For each column to group by, the value that holds most of the front."""
    for column, parts in analysis.fronts.by.items() if len(analysis.fronts.members) >= _FEWEST_PLACES else ():
        leader = max(parts, key=lambda value: parts[value].on_front)
        part, places = parts[leader], len(analysis.fronts.members)
        held = "all" if part.on_front == places else f"{part.on_front}"
        yield (
            f"Of the {places} places on the Pareto front, {column} {leader} holds {held}; of the "
            f"{len(analysis.complete):,} networks tried, it was {part.n:,}."
            f"{_against_the_rest(analysis, column, leader)}"
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
    by = f"{score(abs(found.mean.difference))} ({interval((low, high))})"
    return f"Its mean error is {by} {less} than the others'{equal}."
