import pytest

from search.errors import ConfigError
from search.launch.preflight import Check, look_from_afar, look_here, require


def told(checks):
    return {check.name: check.passed for check in checks}


def test_a_machine_that_has_everything_passes_every_check(study, make_job, store):
    checks = look_here(make_job(study, device="cpu"))
    assert told(checks) == dict.fromkeys(["database", "version", "networks", "store", "device"], True)
    lines = [str(check) for check in checks]
    assert lines[0].startswith("ok        database  the embedded Postgres, PostgreSQL 1")
    assert f"120 records, fingerprint {store.fingerprint[:12]}" in lines[3]
    assert [Check.parse(line) for line in lines] == checks
    assert Check.parse("not a check") is None
    require(checks)


def test_all_that_is_missing_is_told_at_once(study, make_job, tmp_path):
    checks = look_here(make_job(study, device="cuda:7", store=tmp_path / "nowhere"))
    assert told(checks) == {"database": True, "version": True, "networks": True, "store": False, "device": False}
    assert str(checks[3]).startswith("FAILED    store     the study's record store is not at")
    with pytest.raises(ConfigError, match=r"the study's record store is not at .*; cannot train on 'cuda:7'"):
        require(checks)


def test_another_ecgscale_and_a_share_that_is_not_mounted_are_noticed(make_study, make_job, tmp_path, monkeypatch):
    study = make_study()
    monkeypatch.setattr("ecgscale.__version__", "9.9.9")
    monkeypatch.setenv("ECGSCALE_ARTIFACTS", str(tmp_path / "share"))
    checks = {check.name: check for check in look_here(make_job(study))}
    assert "this is 9.9.9" in checks["version"].says
    assert "has no file ecgscale-artifacts" in checks["networks"].says


def test_what_only_the_workers_see_is_not_judged_from_afar(study, make_job, tmp_path):
    checks = look_from_afar(make_job(study, store=tmp_path / "on-the-nodes"))
    assert told(checks) == {"database": True, "version": True, "networks": True, "store": None, "device": None}
    assert str(checks[3]).startswith("not seen  store ")
    require(checks)


def test_a_wrong_store_is_seen_from_afar_where_it_is_there(study, make_job, tmp_path):
    checks = {check.name: check for check in look_from_afar(make_job(study, store=tmp_path))}
    assert checks["store"].passed is False
