import json

import pytest

from search.reporting import report_study
from search.worker import Worker
from storage.home import trial_folder


@pytest.fixture
def finished(database, study):
    Worker(database, study, say=lambda line: None).run()
    return study


def test_front_members_are_scored_on_the_untouched_fold(database, finished, tmp_path):
    report, files = report_study(database, finished, tmp_path)
    assert report["trials"]["complete"] == 3
    assert all(0 <= member["test"]["balanced_accuracy"] <= 1 for member in report["pareto"])
    assert "pareto.test" not in report["why"]
    assert json.loads(files.data.read_text())["study"]["name"] == finished.name


def test_a_network_that_is_not_here_has_no_test_score(database, finished, tmp_path):
    for number in range(3):
        (trial_folder(finished.key, number) / "network.pt").unlink()
    report, _ = report_study(database, finished, tmp_path)
    assert [member["test"] for member in report["pareto"]] == [None] * len(report["pareto"])
    assert "not on this machine" in report["why"]["pareto.test"]


def test_a_study_without_trials_has_a_report_that_says_so(database, study, tmp_path):
    report, files = report_study(database, study, tmp_path)
    assert report["pareto"] == []
    assert "No trial is complete yet" in files.page.read_text()
