"""The methods paragraph: what it must say, and references whose numbers are those of the list."""

import re
from dataclasses import replace

import pytest

from analysis.report import build_report
from analysis.report.citations import WORKS, References


@pytest.fixture
def methods(report_analysis, report_material):
    return build_report(report_analysis(100), report_material(100))["methods"]


def test_a_paper_learns_data_split_metric_counts_versions_fingerprint_and_seed(methods):
    text = " ".join(methods["paragraphs"])
    for told in (
        "9 ECG records (synthetic 9) of 12 leads, 10 s at 100 Hz, with 5 labels of the vocabulary v",
        "record store ffffffffffff",
        "fold 10 was read for the members of the Pareto front alone",
        "(sensitivity + specificity) / 2",
        "seed 0",
        "resnet and convnext networks",
        "1 epoch in batches of 32 in fp32 precision; lr was searched, too",
        "100 trials were complete, 1 failed",
        "over budget 3",
        "ecgscale 0.1.0",
    ):
        assert told in text, told


def test_every_mark_has_its_work_and_works_are_in_the_order_of_their_marks(methods):
    marks = [int(n) for mark in re.findall(r"\[([\d, ]+)\]", " ".join(methods["paragraphs"])) for n in mark.split(",")]
    assert list(dict.fromkeys(marks)) == list(range(1, len(methods["references"]) + 1))
    assert set(methods["references"]) <= set(WORKS.values())


def test_what_was_not_done_is_not_told(report_analysis, report_material):
    few = build_report(report_analysis(3), report_material(3, tests=False))["methods"]
    text = " ".join(few["paragraphs"])
    assert "random forest" not in text
    assert "fold 10 is to be read" in text
    assert WORKS["laws"] not in few["references"]


def test_a_table_has_no_data_or_search_to_tell_of(report_analysis, report_material):
    material = replace(report_material(100), study=None, store=None, drafts=None)
    text = " ".join(build_report(report_analysis(100), material)["methods"]["paragraphs"])
    assert text.startswith("We took the Pareto front")
    assert "seed" not in text


def test_a_work_keeps_its_number():
    references = References()
    assert references.cite("tpe", "unheard of") == " [1]"
    assert references.cite("laws", "tpe") == " [2, 1]"
    assert references.cite("unheard of") == ""
    assert references.works == [WORKS["tpe"], WORKS["laws"]]
