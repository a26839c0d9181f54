"""One finding of a source work, and what the trials say to it."""

import math
from dataclasses import dataclass
from enum import StrEnum

from analysis.bootstrap import Interval
from analysis.words import score

BELOW, ABOVE = (-math.inf, 0.0), (0.0, math.inf)


class Verdict(StrEnum):
    REPRODUCED = "reproduced"
    CONTRADICTED = "contradicted"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Claim:
    """A finding, judged.

    Attributes:
        statement: what the source found.
        source: whom to cite.
        figure: what the trials show in its place; None where they are too few.
        unit: what the figure is, in words.
        ci95: its interval; None where there is no figure, or where it is exact.
        n: how many trials, or others as `counted` says, it rests on.
        method: how it was judged.
        why: why it is undecided, or what speaks for the verdict beside the interval; None where the interval says all.
        counted: what n counts: trials, runs or networks.
    """

    statement: str
    source: str
    verdict: Verdict
    figure: float | None
    unit: str
    ci95: Interval | None
    n: int
    method: str
    why: str | None = None
    counted: str = "trials"

    @property
    def sentence(self) -> str:
        """The finding in one line, with its figure or the reason for none."""
        if self.figure is None:
            return f"{self.verdict}: {self.statement} ({self.why}; n = {self.n} {self.counted})"
        interval = "exact" if self.ci95 is None else f"95 % interval {self.ci95[0]:.2g} to {self.ci95[1]:.2g}"
        figure = f"{self.unit} {_signed(self.figure)}"
        return f"{self.verdict}: {self.statement} ({figure}, {interval}, n = {self.n} {self.counted})"


def verdict_of(ci95: Interval, claimed: Interval) -> Verdict:
    """Reproduced where the whole interval lies within what is claimed, contradicted where all of it lies outside."""
    low, high = ci95
    if claimed[0] < low and high < claimed[1]:
        return Verdict.REPRODUCED
    return Verdict.CONTRADICTED if high < claimed[0] or low > claimed[1] else Verdict.UNDECIDED


@dataclass(frozen=True)
class Finding:
    """A finding before the trials are asked: what is said, by whom, of which figure, and where it would have to lie."""

    statement: str
    source: str
    unit: str
    method: str
    claimed: Interval
    counted: str = "trials"

    def judged(self, figure: float, ci95: Interval, n: int) -> Claim:
        """With a figure and its interval."""
        if math.isnan(figure) or any(map(math.isnan, ci95)):
            return self.untold("the trials do not vary in what it takes", n)
        verdict = verdict_of(ci95, self.claimed)
        why = "the interval allows for both" if verdict is Verdict.UNDECIDED else None
        return self.told(verdict, figure, ci95, n, why)

    def told(self, verdict: Verdict, figure: float | None, ci95: Interval | None, n: int, why: str | None) -> Claim:
        """With a verdict that rests on more than the interval."""
        return Claim(self.statement, self.source, verdict, figure, self.unit, ci95, n, self.method, why, self.counted)

    def untold(self, why: str, n: int) -> Claim:
        """Without a figure."""
        return self.told(Verdict.UNDECIDED, None, None, n, why)


def _signed(figure: float) -> str:
    return score(figure) if figure < 0 else f"+{score(figure)}"
