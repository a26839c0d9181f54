"""Looking after a study from the command line, in this process."""

import json
import uuid

import pytest
from typer.testing import CliRunner

from search.cli.app import app
from search.errors import ConfigError
from storage.causes import Cause
from storage.claims import Idle, Result
from storage.errors import StudyError
from storage.leases import claim, finish, give_up, look_for_work, stop_early
from storage.progress import progress
from storage.studies import find_study


def run(*arguments):
    """What a command prints; what it raises is raised."""
    done = CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_a_paused_study_rests_until_it_is_resumed(database, study, draft):
    claim(database, study, "w", draft("a"))
    assert "is paused; trials still running: 1" in run("study", "pause", study.name)
    assert look_for_work(database, study, "w2") is Idle.WAIT
    assert ", paused" in run("study", "status", study.name)
    assert f"{study.name}: 0 of 3 trials, 1 running, paused" in run("study", "list")
    run("study", "resume", study.name)
    assert look_for_work(database, study, "w2") is not Idle.WAIT


def test_a_stopped_trial_is_told_of_and_goes_on_as_another(database, make_study, draft):
    study = make_study(trials=1)
    stop_early(database, claim(database, study, "w", draft("a")), {"stopped_epoch": 1})
    assert "trials            stopped 1" in run("study", "status", study.name)
    assert json.loads(run("study", "status", study.name, "--json"))["states"] == {"pruned": 1}
    assert f"trial 0 of {study.name} goes on as trial 1" in run("study", "resume", study.name, "--continue", 0)
    assert f"{study.name}: 1 of 2 trials" in run("study", "list")
    with pytest.raises(StudyError, match="goes on already, as trial 1"):
        run("study", "resume", study.name, "--continue", 0)


def test_early_stopping_is_a_studys_own_and_on_by_default(database, store):
    create = ["study", "create", "--store", store.path, "--family", "resnet", "--trials", 1, "--batch-size", 8]
    create += ["--precision", "fp32"]
    for option, wanted in [((), True), (("--no-early-stopping",), False)]:
        name = f"test-{uuid.uuid4().hex[:8]}"
        run(*create, name, *option)
        assert find_study(database, name).config["early_stopping"] is wanted


def test_an_exclusion_needs_a_reason_and_says_it_back(database, study, draft):
    finish(database, claim(database, study, "w", draft("a")), Result((0.5, 1.0), {}))
    with pytest.raises(ConfigError, match="an exclusion needs a reason"):
        run("study", "exclude", study.name, 0, "--why", " ")
    assert "is excluded: a lead had come off" in run("study", "exclude", study.name, 0, "--why", "a lead had come off")
    assert progress(database, study).states == {"excluded": 1}


def test_a_study_is_exported_and_not_imported_where_it_is(database, study, draft, tmp_path):
    claim(database, study, "w", draft("a"))
    printed = run("study", "export", study.name, "--out", tmp_path / "study.gz")
    assert "with 1 trials" in printed
    assert "trials that are running: 1; their workers do not follow" in printed
    with pytest.raises(StudyError, match="a study of that name is on this server already"):
        run("study", "import", tmp_path / "study.gz")


def test_status_tells_who_does_what_and_what_was_in_vain(database, study, draft):
    give_up(database, claim(database, study, "w", draft("a")), Cause.DIVERGED, "the loss became nan")
    give_up(database, claim(database, study, "w", draft("b")), Cause.PREEMPTED, "stopped by SIGTERM")
    look_for_work(database, study, "w2")
    told = run("study", "status", study.name)
    assert "w2: trial 1, attempt 2, before its first epoch's end" in told
    assert "spent in vain     nothing" in told
    assert "trial 0 failed: the loss became nan" in told
    data = json.loads(run("study", "status", study.name, "--json"))
    assert data["workers"]["running"][0]["worker"] == "w2"
    assert data["failures"] == [{"trial": 0, "cause": "diverged", "reason": "the loss became nan"}]


def test_a_worker_on_a_device_that_is_not_there_is_refused(study):
    from models.errors import ImpossibleDevice

    with pytest.raises(ImpossibleDevice, match=r"cannot train on 'cuda:99': .*; known here: cpu"):
        run("worker", study.name, "--device", "cuda:99")


def test_a_time_that_is_none_is_refused_before_anything_is_opened(study):
    with pytest.raises(ConfigError, match="a time is written like 11h"):
        run("worker", study.name, "--time", "soon")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("gs://bucket/x", "in a folder or in s3://BUCKET/PREFIX"),
        ("/proc/nowhere", "artifacts cannot be kept in /proc/nowhere"),
    ],
)
def test_a_place_for_artifacts_that_cannot_be_is_refused(store, place, message):
    create = ["study", "create", "x", "--store", store.path, "--family", "resnet", "--trials", 1]
    with pytest.raises(ConfigError, match=message):
        run(*create, "--artifacts", place)
