"""The page without a browser: what it says of how much there is."""

import re
from dataclasses import replace

import pytest

from analysis.report import build_report, write_report


@pytest.fixture
def page_of(report_analysis, report_material, tmp_path):
    """The page of so many trials as text, with other settings of the study."""

    def written(n, **study):
        report = build_report(report_analysis(n), report_material(n))
        report["study"] |= study
        return write_report(report, report_analysis(n), tmp_path).page.read_text()

    return written


def _lead(page):
    return re.sub(r"<[^>]+>|\s+", " ", page.split('<p class="lead">')[1].split("</p>")[0]).split()


def test_a_study_under_way_is_preliminary(page_of):
    assert _lead(page_of(3))[:7] == ["Preliminary:", "3", "of", "200", "trials", "are", "finished."]


def test_a_study_that_is_finished_or_ended_is_not_preliminary(page_of):
    assert _lead(page_of(3, trials=3))[:6] == ["3", "of", "3", "trials", "are", "finished."]
    told = " ".join(_lead(page_of(3, ended="the space has nothing left")))
    assert told.startswith("3 of 200 trials are finished, and there will be no more: the space has nothing left.")


def test_what_all_trainings_share_is_said(page_of):
    told = " ".join(_lead(page_of(3, crop=250)))
    assert "all trainings share epochs 1, batch 32, precision fp32, crop 2.5 s" in told


@pytest.mark.parametrize(
    ("n", "sentences"),
    [
        (0, ["No trial is complete yet: there is nothing to say.", "there is no front to show"]),
        (1, ["Of 1 trial, a front says little.", "Too few trials for a law", "a ranking needs at least 30"]),
        (3, ["Of 3 trials, a front says little.", "predictions need at least 50", "Too few trials for a law"]),
    ],
)
def test_too_few_trials_are_said_to_be_too_few(page_of, n, sentences):
    page = page_of(n)
    assert [sentence for sentence in sentences if sentence not in page] == []


def test_contents_lead_to_every_section(page_of):
    page = page_of(40)
    links = re.findall(r'<li><a href="#([^"]+)">', page)
    assert links == re.findall(r'<section id="(\w+)">', page)[1:]


@pytest.mark.parametrize(("n", "megabytes"), [(1_000, 7), (10_000, 15)])
def test_a_page_of_many_trials_stays_light(crowded_analysis, report_material, tmp_path, n, megabytes):
    analysis = crowded_analysis(n)
    page = write_report(build_report(analysis, report_material(n)), analysis, tmp_path).page
    assert page.stat().st_size < megabytes * 1e6


def test_what_took_no_time_is_not_in_the_table_of_what_did(report_analysis, report_material, tmp_path):
    material = replace(report_material(3), spent={"finished": 7200.0, "stopped early": 0.0})
    page = write_report(build_report(report_analysis(3), material), report_analysis(3), tmp_path).page.read_text()
    section = page.split('<table id="spent-table"')[1].split("</table>")[0]
    assert "worker hours" in section
    assert re.findall(r">([\w. ]+)</td>", section) == ["finished", "2", "100.0"]


def test_a_study_that_took_no_time_has_no_section_of_it(report_analysis, report_material, tmp_path):
    material = replace(report_material(3), spent={"finished": 0.0, "stopped early": 0.0})
    page = write_report(build_report(report_analysis(3), material), report_analysis(3), tmp_path).page.read_text()
    assert '<section id="spent">' not in page


def test_the_narrowed_space_is_drawn_where_there_is_nothing_to_group_by(
    report_analysis, report_material, region_history, tmp_path
):
    one_cut = replace(region_history, reviews=region_history.reviews[:2])
    report = build_report(report_analysis(40), replace(report_material(40), regions=(one_cut,)))
    ungrouped = report | {"edf": None, "why": report["why"] | {"edf": "no group"}}
    page = write_report(ungrouped, report_analysis(40), tmp_path).page.read_text()
    assert page.count('id="figure-edf-regions"') == 1
    page = write_report(report, report_analysis(40), tmp_path).page.read_text()
    assert page.count('id="figure-edf-regions"') == 1
