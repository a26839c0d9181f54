import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from analysis.claims.claim import BELOW, Finding
from analysis.report import build_report, write_report
from ecgscale import InputError

FINDING = Finding("smaller is better", "somebody 2020", "score per doubling", "by eye", BELOW)
KEYS = {
    "claims",
    "study",
    "store",
    "trials",
    "drafts",
    "objectives",
    "pareto",
    "hypervolume",
    "surrogate",
    "importance",
    "importance_by",
    "laws",
    "edf",
    "labels",
    "regions",
    "recommended",
}


@pytest.mark.parametrize("n", [0, 1, 3, 16, 100])
def test_every_number_of_trials_gives_every_key_and_a_page(n, tmp_path, report_analysis, report_material):
    report = build_report(report_analysis(n), report_material(n))
    files = write_report(report, report_analysis(n), tmp_path)
    assert report.keys() >= KEYS
    assert report["trials"] == {"complete": n, "pruned": 0, "failed": 1, "excluded": 0, "not_finite": 0}
    assert all(report[key] is not None or key in report["why"] for key in KEYS)
    written = json.loads(files.data.read_text())
    names = {f"{row['name']}.{kind}" for row in written.pop("figures") for kind in ("svg", "csv")}
    assert written == report
    assert {file.name for file in files.figures.iterdir()} == names
    assert "plotly" in files.page.read_text()


def test_front_members_carry_everything_about_them(report_analysis, report_material):
    report = build_report(report_analysis(40), report_material(40))
    scores = [member["values"]["balanced_accuracy"] for member in report["pareto"]]
    assert len(report["pareto"]) >= 3
    assert scores == sorted(scores)
    for member in report["pareto"]:
        family = member["params"]["family"]
        assert set(member["params"]) == {"family", f"{family}.width", "train.lr"}
        assert isinstance(member["params"][f"{family}.width"], int)
        assert member["attrs"]["flops"] == member["values"]["flops"]
        assert 0 < member["front_probability"] <= 1
        assert member["test"] == {"balanced_accuracy": 0.5}


def test_the_tables_beside_the_report_hold_the_front_and_all_trials(tmp_path, report_analysis, report_material):
    report = build_report(report_analysis(40), report_material(40))
    files = write_report(report, report_analysis(40), tmp_path)
    with files.pareto.open() as file:
        rows = list(csv.DictReader(file))
    assert [int(row["number"]) for row in rows] == [member["number"] for member in report["pareto"]]
    assert float(rows[0]["test_balanced_accuracy"]) == 0.5
    with files.trials.open() as file:
        trials = list(csv.DictReader(file))
    assert len(trials) == 41
    members = {row["number"] for row in trials if row["shortfall"] == "0.0"}
    assert members == {row["number"] for row in rows}
    assert {row["params.resnet.width"].isdecimal() for row in trials} == {True, False}


def test_networks_out_of_reach_are_said_to_be(report_analysis, report_material):
    report = build_report(report_analysis(16), report_material(16, tests=False))
    assert report["pareto"][0]["test"] is None
    assert report["why"]["pareto.test"] == "out of reach"


def test_findings_are_sentences_about_these_trials(report_analysis, report_material):
    findings = build_report(report_analysis(100), report_material(100))["findings"]
    assert len(findings) >= 3
    assert findings[0].startswith("The best of 100 networks is ")
    assert any("power" in finding for finding in findings)
    nothing = build_report(report_analysis(0), report_material(0))["findings"]
    assert nothing == ["No trial is complete yet: there is nothing to say."]


def test_markup_in_names_stays_text(tmp_path, report_analysis, report_material):
    report = build_report(report_analysis(3), report_material(3, name="<script>alert('x')</script>"))
    page = write_report(report, report_analysis(3), tmp_path).page.read_text()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("n", [0, 1, 16, 100])
def test_whatever_is_null_says_why(n, report_analysis, report_material):
    report = build_report(report_analysis(n), report_material(n))
    silent = [key for key, value in report.items() if value in (None, []) and key not in report["why"]]
    assert silent == []


def test_a_file_that_is_no_reports_is_not_replaced(tmp_path, report_analysis, report_material):
    (tmp_path / "trials.csv").write_text("mine")
    with pytest.raises(InputError, match="belongs to no report"):
        write_report(build_report(report_analysis(3), report_material(3)), report_analysis(3), tmp_path)
    assert (tmp_path / "trials.csv").read_text() == "mine"


def test_findings_of_a_source_are_a_table_and_a_part_of_the_data(report_analysis, report_material, tmp_path):
    claims = (
        FINDING.judged(-0.02, (-0.03, -0.01), 60),
        FINDING.untold("3 trials; at least 30 <b>are</b> needed", 3),
    )
    analysis = replace(report_analysis(40), claims=claims)
    report = build_report(analysis, report_material(40))
    assert [row["verdict"] for row in report["claims"]] == ["reproduced", "undecided"]
    assert report["claims"][0]["sentence"] == claims[0].sentence
    assert "claims" not in report["why"]
    page = write_report(report, analysis, tmp_path).page.read_text()
    section = page.split('<section id="claims">')[1].split("</section>")[0]
    assert section.count("<tr ") == 3
    assert "score per doubling -0.020 (-0.03 to -0.01)" in section
    assert "&lt;b&gt;are" in section


def test_a_study_without_a_recipe_has_no_findings_of_a_source(report_analysis, report_material):
    report = build_report(report_analysis(40), report_material(40))
    assert report["claims"] is None
    assert report["why"]["claims"] == "the study does not repeat the experiment of a source work"


def test_a_disk_that_fills_up_leaves_nothing_half_written_and_the_report_can_be_made_again(
    report_analysis, report_material, tmp_path, monkeypatch
):
    report = build_report(report_analysis(3), report_material(3))
    whole = Path.write_text

    def fails_at_the_page(path, text, **how):
        whole(path, text[:10], **how) if "report.html" in path.name else whole(path, text, **how)
        if "report.html" in path.name:
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Path, "write_text", fails_at_the_page)
        with pytest.raises(InputError, match=": No space left on device; choose another"):
            write_report(report, report_analysis(3), tmp_path)
    assert not list(tmp_path.rglob("*.partial"))
    assert not (tmp_path / "report.html").exists()
    assert write_report(report, report_analysis(3), tmp_path).page.exists()
