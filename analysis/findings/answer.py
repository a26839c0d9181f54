"""The answer of an analysis in words, most interesting first: each sentence says how much it is worth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.analyze import Analysis
from analysis.findings.best import best_network, lean_network
from analysis.findings.growth import growth, scaling_rule
from analysis.findings.importance import acting_together, leading_parameters
from analysis.findings.labels import labels
from analysis.findings.next_steps import searched_now, worth_trying
from analysis.findings.parts import parts_of_the_space
from analysis.regions.timeline import RegionHistory


@dataclass(frozen=True)
class Part:
    """One question that everybody asks, and the sentences that answer it."""

    about: str
    sentences: tuple[str, ...]


def answer(
    analysis: Analysis, tests: Mapping[int, Mapping[str, Any] | None], regions: Sequence[RegionHistory] = ()
) -> list[Part]:
    """The best networks, what matters, how the score grows, and what to try; a question without an answer is left out.

    Args:
        tests: scores of the front's members on the untouched fold.
        regions: how the search space of each study was narrowed.
    """
    if not len(analysis.complete):
        return [Part("Nothing yet", ("No trial is complete yet: there is nothing to say.",))]
    asked: dict[str, tuple[Iterator[str], ...]] = {
        "The best networks": (best_network(analysis, tests), lean_network(analysis)),
        "What matters most": (
            leading_parameters(analysis),
            acting_together(analysis),
            parts_of_the_space(analysis),
            labels(analysis),
        ),
        "How the score grows with compute": (growth(analysis), scaling_rule(analysis)),
        "What to try next": (worth_trying(analysis), searched_now(regions)),
    }
    told = [Part(about, tuple(line for lines in found for line in lines)) for about, found in asked.items()]
    return [part for part in told if part.sentences]
