import pytest

from analysis.report.page.tables.claims import claims_table

_CLAIM = {"verdict": "undecided", "statement": "wider is better", "unit": "slope", "method": "by size", "n": 60}
_CLAIM |= {"counted": "trials"}


@pytest.mark.parametrize(
    ("figure", "ci95", "why", "text", "notes"),
    [
        (0.02, [-0.01, 0.05], "", "slope +0.020 (-0.01 to 0.05)", ("by size.",)),
        (-0.02, None, "", "slope -0.020 (exact)", ("by size.",)),
        (None, None, "too few.", "", ("too few.", "by size.")),
    ],
)
def test_a_finding_has_a_figure_or_why_there_is_none(texts, figure, ci95, why, text, notes):
    (row,) = claims_table({"claims": [_CLAIM | {"figure": figure, "ci95": ci95, "why": why}]}).rows
    assert (row[2].text, row[2].notes) == (text, notes)
    assert texts(row)[3] == "60 trials"
