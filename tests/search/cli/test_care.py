"""Looking after a study from the command line, in this process."""

import json
import uuid

import pytest

from storage.causes import Cause
from storage.claims import Idle, Result
from storage.leases import claim, finish, give_up, look_for_work, stop_early
from storage.progress import progress
from storage.studies import find_study


def test_a_paused_study_rests_until_it_is_resumed(command, database, study, draft):
    claim(database, study, "w", draft("a"))
    assert "is paused; trials still running: 1" in command("study", "pause", study.name)
    assert look_for_work(database, study, "w2") is Idle.WAIT
    assert ", paused" in command("study", "status", study.name)
    assert f"{study.name}: 0 of 3 trials, 1 running, paused" in command("study", "list")
    command("study", "resume", study.name)
    assert look_for_work(database, study, "w2") is not Idle.WAIT


def test_a_stopped_trial_is_told_of_and_goes_on_as_another(command, database, make_study, draft):
    study = make_study(trials=1)
    stop_early(database, claim(database, study, "w", draft("a")), {"stopped_epoch": 1})
    assert "trials            stopped 1" in command("study", "status", study.name)
    assert json.loads(command("study", "status", study.name, "--json"))["states"] == {"pruned": 1}
    assert f"trial 0 of {study.name} goes on as trial 1" in command("study", "resume", study.name, "--continue", 0)
    assert f"{study.name}: 1 of 2 trials" in command("study", "list")
    assert "goes on already, as trial 1" in command("study", "resume", study.name, "--continue", 0, code=2)


def test_early_stopping_is_a_studys_own_and_on_by_default(command, database, store):
    create = ["study", "create", "--store", store.path, "--family", "resnet", "--trials", 1, "--batch-size", 8]
    create += ["--precision", "fp32"]
    for option, wanted in [((), True), (("--no-early-stopping",), False)]:
        name = f"test-{uuid.uuid4().hex[:8]}"
        command(*create, name, *option)
        assert find_study(database, name).config["early_stopping"] is wanted


def test_an_exclusion_needs_a_reason_and_says_it_back(command, database, study, draft):
    finish(database, claim(database, study, "w", draft("a")), Result((0.5, 1.0), {}))
    assert "an exclusion needs a reason" in command("study", "exclude", study.name, 0, "--why", " ", code=2)
    assert "is excluded: a lead had come off" in command(
        "study", "exclude", study.name, 0, "--why", "a lead had come off"
    )
    assert progress(database, study).states == {"excluded": 1}


def test_a_study_is_exported_and_not_imported_where_it_is(command, database, study, draft, tmp_path):
    claim(database, study, "w", draft("a"))
    printed = command("study", "export", study.name, "--out", tmp_path / "study.gz")
    assert "with 1 trials" in printed
    assert "trials that are running: 1; their workers do not follow" in printed
    assert "a study of that name is on this server already" in command("study", "import", tmp_path / "study.gz", code=2)


def test_status_tells_who_does_what_and_what_was_in_vain(command, database, study, draft):
    give_up(database, claim(database, study, "w", draft("a")), Cause.DIVERGED, "the loss became nan")
    give_up(database, claim(database, study, "w", draft("b")), Cause.PREEMPTED, "stopped by SIGTERM")
    look_for_work(database, study, "w2")
    told = command("study", "status", study.name)
    assert "w2: trial 1, attempt 2, before its first epoch's end" in told
    assert "spent in vain     nothing" in told
    assert "trial 0 failed: the loss became nan" in told
    data = json.loads(command("study", "status", study.name, "--json"))
    assert data["workers"]["running"][0]["worker"] == "w2"
    assert data["failures"] == [{"trial": 0, "cause": "diverged", "reason": "the loss became nan"}]


def test_a_worker_on_a_device_that_is_not_there_is_refused(command, study):
    error = command("worker", study.name, "--device", "cuda:99", code=2)
    assert "cannot train on 'cuda:99'" in error
    assert "known here: cpu" in error


def test_a_time_that_is_none_is_refused_before_anything_is_opened(command, study):
    assert "a time is written like 11h" in command("worker", study.name, "--time", "soon", code=2)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("gs://bucket/x", "in a folder or in s3://BUCKET/PREFIX"),
        ("/proc/nowhere", "artifacts cannot be kept in /proc/nowhere"),
    ],
)
def test_a_place_for_artifacts_that_cannot_be_is_refused(command, store, place, message):
    create = ["study", "create", "x", "--store", store.path, "--family", "resnet", "--trials", 1]
    assert message in command(*create, "--artifacts", place, code=2)
