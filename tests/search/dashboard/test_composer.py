import json
import sys
import time

import pytest

from search.dashboard import composer as module
from search.dashboard.composer import COMING, Composer

# Stands in for the process that composes: says what it was asked, after it has counted itself.
ECHO = """
import json, sys
asked = json.load(sys.stdin)
open({counter!r}, "a").write("x")
print(json.dumps({{"summary": asked["study"], "figures": {{"url": str(asked["url"])}}}}))
"""


@pytest.fixture
def composer(database):
    made = Composer(database)
    yield made
    made.close()


@pytest.fixture
def run(monkeypatch):
    """Lets a few lines of Python stand in for the process that composes, which then rests not at all."""

    def stand_in(code):
        monkeypatch.setattr(module, "_COMMAND", [sys.executable, "-c", code])
        monkeypatch.setattr(module, "_REST", 0)

    return stand_in


@pytest.fixture
def echo(run, tmp_path):
    """A stand-in that counts how often it was run."""
    counter = tmp_path / "counter"
    counter.touch()
    run(ECHO.format(counter=str(counter)))
    return lambda: len(counter.read_text())


def _composed(composer, study, finished, wanted):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = composer.look(study, {"COMPLETE": finished})
        if found is not COMING and wanted(found):
            return found
        time.sleep(0.02)
    raise AssertionError(composer.look(study, {"COMPLETE": finished}))


def test_it_is_shown_once_it_is_there_and_nobody_waits(composer, study, echo):
    assert composer.look(study, {"COMPLETE": 5}) is COMING
    found = _composed(composer, study, 5, lambda composed: composed.figures)
    assert (found.summary, found.figures) == (study.name, {"url": "None"})


def test_it_is_composed_anew_when_other_trials_are_finished(composer, study, echo):
    first = _composed(composer, study, 100, lambda composed: True)
    assert composer.look(study, {"COMPLETE": 100}) is first
    assert composer._process is None
    second = _composed(composer, study, 101, lambda composed: composed is not first)
    excluded = {"COMPLETE": 100, "FAIL": 1}
    while composer.look(study, excluded) is second:
        time.sleep(0.02)
    assert echo() == 3


def test_it_rests_ten_times_as_long_as_it_took(composer, study, echo, monkeypatch):
    monkeypatch.setattr(module, "_REST", 1000)
    _composed(composer, study, 1, lambda composed: True)
    composer.look(study, {"COMPLETE": 100})
    assert (composer._process, echo()) == (None, 1)


def test_one_study_at_a_time(composer, make_study, run):
    run("import time; time.sleep(60)")
    first, second = make_study(), make_study()
    composer.look(first, {"COMPLETE": 1})
    process = composer._process
    composer.look(second, {"COMPLETE": 1})
    assert composer._process is process
    composer.close()
    assert process.wait(30) != 0


def test_a_process_that_dies_is_said_and_not_tried_again_before_another_trial_is_finished(composer, study, run):
    run("raise SystemExit(3)")
    found = _composed(composer, study, 1, lambda composed: True)
    assert found.summary == "There is no summary: the process that makes it ended with code 3"
    assert not composer._kept[study.id].is_due({"COMPLETE": 1})


def test_a_database_that_was_away_is_tried_again(composer, study, run, tmp_path):
    away = {"error": "the database is away", "again": True}
    run(f"open({str(tmp_path / 'tries')!r}, 'a').write('.'); print({json.dumps(json.dumps(away))})")
    found = _composed(composer, study, 1, lambda composed: len((tmp_path / "tries").read_text()) > 1)
    assert found.summary == "There is no summary: the database is away"


def test_what_there_was_stays_when_it_fails(composer, study, echo, run):
    first = _composed(composer, study, 1, lambda composed: True)
    run('print(\'{"error": "the database is away", "again": false}\')')
    composer.look(study, {"COMPLETE": 10})
    while composer._process is not None:
        time.sleep(0.02)
    assert composer.look(study, {"COMPLETE": 1}) is first


def test_the_figures_and_the_findings_of_a_study_are_composed(composer, make_study, finish_trial):
    study = make_study(trials=4)
    for i in range(4):
        finish_trial(study, f"s{i}", score=0.6 + i / 10)
    found = _composed(composer, study, 4, lambda composed: True)
    assert "The best of 4 networks" in found.summary
    assert "balanced" in json.dumps(json.loads(found.figures["ecgscale-pareto"])["layout"])
