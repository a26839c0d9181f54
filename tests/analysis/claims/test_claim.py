import math

import pytest

from analysis.claims import Claim, Verdict
from analysis.claims.claim import ABOVE, BELOW, Finding, verdict_of


@pytest.mark.parametrize(
    ("ci95", "claimed", "verdict"),
    [
        ((-0.2, -0.1), BELOW, Verdict.REPRODUCED),
        ((0.1, 0.2), BELOW, Verdict.CONTRADICTED),
        ((-0.1, 0.1), BELOW, Verdict.UNDECIDED),
        ((0.1, 0.2), ABOVE, Verdict.REPRODUCED),
        ((-0.2, -0.1), ABOVE, Verdict.CONTRADICTED),
        ((0.0, 0.0), ABOVE, Verdict.UNDECIDED),
        ((0.0, 0.0), BELOW, Verdict.UNDECIDED),
        ((3.5, 4.5), (3, 5), Verdict.REPRODUCED),
        ((2.5, 4.5), (3, 5), Verdict.UNDECIDED),
        ((1.0, 2.5), (3, 5), Verdict.CONTRADICTED),
        ((5.5, 6.0), (3, 5), Verdict.CONTRADICTED),
    ],
)
def test_the_whole_interval_decides(ci95, claimed, verdict):
    assert verdict_of(ci95, claimed) is verdict


FINDING = Finding("smaller is better", "somebody 2020", "score per doubling", "by eye", BELOW)


def test_a_claim_is_one_line_with_figure_interval_and_n():
    told = FINDING.judged(-0.012, (-0.02, -0.004), 80)
    assert told.sentence == (
        "reproduced: smaller is better (score per doubling -0.012, 95 % interval -0.02 to -0.004, n = 80 trials)"
    )
    assert (told.source, told.method, told.why) == ("somebody 2020", "by eye", None)


def test_a_claim_that_cannot_be_judged_says_why():
    told = FINDING.untold("3 trials; at least 30 are needed", 3)
    assert told.sentence == "undecided: smaller is better (3 trials; at least 30 are needed; n = 3 trials)"


def test_an_exact_figure_has_no_interval():
    told = Claim("less", "s", Verdict.CONTRADICTED, 0.5, "change", None, 2, "arithmetic", counted="networks")
    assert told.sentence == "contradicted: less (change +0.500, exact, n = 2 networks)"


def test_a_figure_that_is_no_number_is_undecided():
    told = FINDING.judged(math.nan, (math.nan, math.nan), 5)
    assert (told.verdict, told.figure, told.ci95) == (Verdict.UNDECIDED, None, None)
