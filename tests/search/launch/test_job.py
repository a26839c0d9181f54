from pathlib import Path

import pytest

from search.errors import ConfigError


def test_a_worker_elsewhere_is_told_places_that_mean_the_same_there(study, make_job, monkeypatch):
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", "secrets/password")
    monkeypatch.setenv("ECGSCALE_ARTIFACTS", "s3://bucket/prefix")
    told = make_job(study).environment
    assert told["ECGSCALE_STORAGE_PASSWORD_FILE"] == str(Path.cwd() / "secrets" / "password")
    assert told["ECGSCALE_ARTIFACTS"] == "s3://bucket/prefix"
    assert "ECGSCALE_STORAGE" not in told  # nobody elsewhere reaches the embedded Postgres


def test_a_worker_is_told_what_the_job_says(study, make_job):
    job = make_job(study, device="cuda", store=Path("/data/store"), compiled=True)
    options = ["worker", "--store", "/data/store", "--device", "cuda:1", "--compile", "--check", "--", study.name]
    assert job.arguments("--check", device="cuda:1") == options
    assert job.command("--check", device="cuda:1")[-len(options) :] == options


def test_who_reaches_only_this_machine_is_told_how_a_study_moves(study, make_job):
    with pytest.raises(ConfigError, match=f"study export {study.name} --out study.gz.*ecgscale study import study.gz"):
        make_job(study).require_remote_database()
