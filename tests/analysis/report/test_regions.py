import json
from dataclasses import replace

import pytest

from analysis.regions import Change, Kind, Region, Review, SubRange, SubSet
from analysis.regions.timeline import RegionHistory
from analysis.report import build_report, write_report
from analysis.report.figures.regions import region_figure

WIDE = Region({"net.width": SubRange(8, 64), "net.kernel": SubSet((3, 5, "<b>"))})
NARROW = Region({"net.width": SubRange(8, 32), "net.kernel": SubSet((3, 5))})
CUTS = (
    Change(Kind.CUT, "net.width", SubRange(40, 64), NARROW.parts["net.width"]),
    Change(Kind.CUT, "net.kernel", SubSet(("<b>",)), NARROW.parts["net.kernel"]),
)
LOOKS = (
    Review(10, "search", Region()),
    Review(20, "search", NARROW, CUTS),
    Review(30, "search", NARROW, (Change(Kind.WITHDRAWN, "net.width", SubRange(24, 32), NARROW.parts["net.width"]),)),
)


def _history(name="first"):
    return RegionHistory(name, tuple(enumerate(LOOKS, start=1)), WIDE, frozenset(), 40)


@pytest.fixture
def material(report_material):
    return replace(report_material(40), regions=(_history(),))


def test_a_report_tells_every_look_that_did_something(report_analysis, material):
    report = build_report(report_analysis(40), material)
    assert [(row["version"], row["trials"], row["by"]) for row in report["regions"]] == [
        (2, 20, "search"),
        (3, 30, "search"),
    ]
    width, kernel = report["regions"][0]["changes"]
    assert (width["kind"], width["removed"], width["part"]) == ("cut", [40, 64], [8, 32])
    assert width["sentences"] == ["net.width is narrowed to 8..32 (40..64 is cut)"]
    assert kernel["removed"] == {"values": ["<b>"]}
    assert report["regions"][1]["changes"][0]["kind"] == "withdrawn"
    assert "regions" not in report["why"]
    assert report["findings"][-1] == (
        "The search space was narrowed by 2 cuts; after 40 trials the search draws from net.width 8..32; "
        "net.kernel 3 and 5; all of the others."
    )


def test_its_timelines_hold_what_was_searched_when(report_analysis, material):
    width, kernel = build_report(report_analysis(40), material)["region_timelines"]
    assert [(step["since"], step["until"], step["share"]) for step in width["steps"]] == [
        (0, 20, [0, 1]),
        (20, 40, [0, pytest.approx(24 / 56)]),
    ]
    assert kernel["steps"][1]["part"] == {"values": [3, 5]}
    assert [mark["kind"] for mark in width["marks"]] == ["cut", "withdrawn"]


def test_the_page_shows_each_region_and_escapes_its_values(report_analysis, material, tmp_path):
    page = write_report(build_report(report_analysis(40), material), report_analysis(40), tmp_path).page.read_text()
    assert "How the search space was narrowed" in page
    assert "after 20 trials" in page
    assert "net.kernel &lt;b&gt; is cut." in page
    assert 'id="figure-regions"' in page
    assert "<b>" not in page[page.index("<body>") :].replace("\\u003cb\\u003e", "")


def test_a_space_that_was_only_looked_at_says_so_and_what_came_nearest(report_analysis, report_material, tmp_path):
    looked = replace(_history(), reviews=((1, replace(LOOKS[0], nearest="net.width 64: 30 are needed")),))
    report = build_report(report_analysis(40), replace(report_material(40), regions=(looked,)))
    assert report["regions"] is None
    why = "no cut of the search space was proposed in 1 look; in the last the nearest was net.width 64: 30 are needed"
    assert report["why"]["regions"] == report["why"]["region_timelines"] == why
    assert why[1:] in write_report(report, report_analysis(40), tmp_path).page.read_text()


def test_a_space_that_nobody_looked_at_has_no_section(report_analysis, report_material, tmp_path):
    report = build_report(report_analysis(40), report_material(40))
    assert report["why"]["regions"] == "the search space has not been narrowed"
    assert "How the search space" not in write_report(report, report_analysis(40), tmp_path).page.read_text()


def test_several_studies_keep_their_names(report_analysis, report_material, tmp_path):
    material = report_material(40)
    study = {**material.study, "studies": [material.study, material.study]}
    both = replace(material, study=study, regions=(_history("one"), _history("two")))
    report = build_report(report_analysis(40), both)
    assert [row["study"] for row in report["regions"]] == ["one", "one", "two", "two"]
    assert report["findings"][-1].startswith("The search space of two was narrowed")
    titles = [title.text for title in region_figure(report["region_timelines"]).layout.annotations]
    assert titles == ["one: net.width", "one: net.kernel", "two: net.width", "two: net.kernel"]
    assert "two, after 20 trials" in write_report(report, report_analysis(40), tmp_path).page.read_text()


def test_bars_of_choices_end_where_they_are_cut(report_analysis, material):
    lines = build_report(report_analysis(40), material)["region_timelines"]
    bars = {bar.hovertext: list(bar.x) for bar in region_figure(lines).data if bar.line.width == 8 and bar.hovertext}
    assert bars == {"3": [0, 20, 20, 40], "5": [0, 20, 20, 40], "&lt;b&gt;": [0, 20, None]}
    json.dumps(lines)


def test_a_band_follows_its_range_and_every_change_is_marked(report_analysis, material):
    figure = region_figure(build_report(report_analysis(40), material)["region_timelines"])
    upper = next(trace for trace in figure.data if trace.fill == "tonexty")
    assert (list(upper.x), list(upper.y)) == ([0, 20, 20, 40], [1, 1, pytest.approx(24 / 56), pytest.approx(24 / 56)])
    told = [trace.hovertext for trace in figure.data if trace.mode == "markers" and trace.hovertext]
    assert "after 20 trials: net.width is narrowed to 8..32 (40..64 is cut)" in told
    assert {trace.name for trace in figure.data if trace.name} == {"searched", "cut", "withdrawn"}
