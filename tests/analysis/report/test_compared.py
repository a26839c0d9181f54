"""Two searches side by side, as a report shows them."""

from dataclasses import replace

import pytest

from analysis.compared import Search, compare_searches
from analysis.report import build_report, write_report
from analysis.report.figures import draw_figures


@pytest.fixture
def compared(report_analysis):
    def of(n, m, *, name="<b>other</b>", records="r"):
        first = Search(
            "one", report_analysis(n).trials, "r", {"epochs": 4, "space.resnet.width": {"low": 8, "high": 64}}
        )
        return compare_searches(first, Search(name, report_analysis(m).trials, records, {"epochs": 8}))

    return of


@pytest.fixture
def report(report_analysis, report_material, compared):
    def of(n, m, **how):
        return build_report(report_analysis(n), replace(report_material(n), compared=compared(n, m, **how)))

    return of


def test_both_are_told_with_their_numbers(report):
    part = report(100, 40)["compared"]
    assert [(side["name"], side["n"]) for side in part["sides"]] == [("one", 100), ("<b>other</b>", 40)]
    assert part["apart"] is None
    assert part["settings"] == [
        {"name": "epochs", "first": "4", "second": "8"},
        {"name": "space.resnet.width", "first": "low 8, high 64", "second": "-"},
    ]
    for row in part["budgets"]:
        for one in (row["first"], row["second"]):
            assert one is None or one["values"]["flops"] <= row["limit"]
    assert part["sentences"][0].startswith("The mean error of one is ")


def test_figures_hold_the_fronts_the_laws_and_the_distributions_of_both(report, report_analysis):
    made = report(100, 40)
    figures = {figure.name: figure for figure in draw_figures(made, report_analysis(100).complete)}
    fronts = figures["compared-fronts"].data
    for side in made["compared"]["sides"]:
        mine = fronts[fronts.search == side["name"]]
        assert list(mine.trial) == [member["number"] for member in side["members"]]
        assert (mine.low <= mine.balanced_accuracy).all()
        assert (mine.balanced_accuracy <= mine.high).all()
    assert set(figures["compared-laws"].data.search) == {"one", "<b>other</b>"}
    assert figures["compared-edf"].data.groupby("part").share.max().tolist() == [1, 1]


def test_the_page_shows_a_name_as_text(report, report_analysis, tmp_path):
    page = write_report(report(40, 16), report_analysis(40), tmp_path).page.read_text()
    assert "one beside &lt;b&gt;other&lt;/b&gt;" in page
    assert "<b>other" not in page


@pytest.mark.parametrize(("n", "m"), [(0, 0), (40, 0), (0, 40), (3, 1)])
def test_too_little_to_compare_is_no_error(report, report_analysis, tmp_path, n, m):
    assert write_report(report(n, m), report_analysis(n), tmp_path).page.exists()


def test_scores_on_other_records_are_said_not_to_compare(report):
    part = report(40, 16, records="others")["compared"]
    assert part["budgets"] == []
    assert part["sentences"][0].startswith("Scores are not compared: the two were scored on different records")
