import json
import sys

import pytest

from storage.progress import progress

ECGSCALE = [sys.executable, "-m", "search.cli"]


def test_it_looks_first_then_runs_to_the_end(run, database, study):
    out, error = run("launch", study.name, "--workers", 2)
    names = [line.split()[1] for line in error.splitlines() if line.startswith("ok ")]
    assert names == ["database", "version", "networks", "store", "device"]
    assert out.splitlines() == [
        f"{study.name}: 3 of 3 trials",
        f"report it with: ecgscale report {study.name} --out report",
    ]
    assert progress(database, study).states == {"complete": 3}


def test_a_study_that_has_its_trials_needs_no_workers(run, make_study):
    study = make_study(trials=1)
    run("worker", study.name)
    out, error = run("launch", study.name)
    assert out.startswith(f"{study.name}: 1 of 1 trials\n")
    assert error == ""


def test_nothing_starts_where_a_check_fails(run, database, study, tmp_path):
    _, error = run("launch", study.name, "--store", tmp_path / "nowhere", code=2)
    assert "FAILED    store " in error
    assert error.splitlines()[-1].startswith("ecgscale: the study's record store is not at")
    assert progress(database, study).drafts == {}


def test_a_worker_may_only_look(run, database, study):
    out, _ = run("worker", study.name, "--check")
    assert [line.split()[0] for line in out.splitlines()] == ["ok"] * 5
    assert progress(database, study).states == {}


def test_a_dry_run_prints_and_starts_nothing(run, database, study):
    out, error = run("launch", study.name, "--workers", 2, "--dry-run")
    assert out.count(f"worker --device cpu -- {study.name}\n") == 2
    assert error == ""
    assert progress(database, study).states == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--on", "nowhere"], "workers cannot be launched on 'nowhere'; known are kubernetes, local, ray, slurm"),
        (["--slurm", "partition=gpu"], "--slurm is for --on slurm, but got --on local; give --on slurm"),
        (["--with", "partition=gpu"], "partition is no setting of local workers, which has none; name another place"),
        (["--status", "--cancel"], "--dry-run, --status and --cancel exclude each other; give one of them"),
        (["--status"], "workers on this machine are shown where they were launched"),
        (["--workers", "2", "--per-device", "1"], "either in all or on each device, but got 2 in all and 1 per device"),
        (["--with", "=x"], "settings are written name=value,name=value, each once, but a name is missing"),
    ],
)
def test_what_cannot_be_is_one_sentence(run, study, arguments, message):
    assert message in run("launch", study.name, *arguments, code=2)[1]


def test_the_workers_of_a_cluster_are_listed_for_people_and_for_machines(capsys):
    from search.cli.launch import _show_status
    from search.launch.backends import Standing

    class Cluster:
        def __init__(self, *standings):
            self._standings = standings

        def status(self, job):
            return self._standings

    class Job:
        class study:  # noqa: N801
            name = "first one"

    _show_status(
        Cluster(Standing("12_1", "RUNNING", "n1", "0:10"), Standing("12_2", "PENDING", "", "Priority")),
        Job,
        "slurm",
        False,
    )
    assert capsys.readouterr().out.splitlines() == [
        "12_1              RUNNING       n1            0:10",
        "12_2              PENDING                     Priority",
        "its trials: ecgscale study status 'first one'",
    ]
    _show_status(Cluster(Standing("12_1", "RUNNING", "n1", "0:10")), Job, "slurm", True)
    assert json.loads(capsys.readouterr().out)[0]["where"] == "n1"
    _show_status(Cluster(), Job, "slurm", False)
    assert "no workers of first one on slurm" in capsys.readouterr().out
