import json

import pytest

from search.dashboard.application import DashboardApplication
from search.dashboard.guard import Guard
from storage.database import open_database


def test_the_dashboard_lists_our_studies(application, ask, study):
    names = [entry["study_name"] for entry in ask(application, "/api/studies").json["study_summaries"]]
    assert study.name in names


def test_a_study_is_not_renamed_because_that_would_lose_its_workers(make_application, ask, study):
    renamed = ask(
        make_application(writable=True), f"/api/studies/{study.id}/rename", method="POST", body={"study_name": "x"}
    )
    assert (renamed.status, "would lose its workers" in renamed.json["reason"]) == (403, True)


def test_a_browser_that_takes_no_gzip_is_answered(application, ask):
    for path in ("/favicon.ico", "/static/bundle.js"):
        assert ask(application, path).status == 200


def test_the_curve_is_a_picture_and_a_table(application, ask, study, finish_trial):
    finish_trial(study, epochs=3)
    (trial,) = ask(application, f"/api/studies/{study.id}").json["trials"]
    files = {file["filename"]: file for file in trial["artifacts"]}
    place = f"/artifacts/{study.id}/{trial['trial_id']}"
    picture = ask(application, f"{place}/curve.svg")
    assert picture.text.startswith("<svg ") and picture.text.count("<circle") == 6
    table = ask(application, f"{place}/curve.csv").text.splitlines()
    assert table[0] == "epoch,loss,balanced_accuracy,macro_auroc,seconds"
    assert [line.split(",")[0] for line in table[1:]] == ["1", "2", "3"]
    for name, file in files.items():
        headers = ask(application, f"{place}/{name}").headers
        assert headers["Content-Type"].startswith(file["mimetype"])
        assert "sandbox" in headers["Content-Security-Policy"]
        assert "Access-Control-Allow-Origin" not in headers


def test_a_trials_architecture_is_described(application, ask, study, database):
    from search.joining import join_study

    join_study(database, study, say=lambda line: None).run()
    (trial, *_) = ask(application, f"/api/studies/{study.id}").json["trials"]
    told = json.loads(ask(application, f"/artifacts/{study.id}/{trial['trial_id']}/architecture.json").text)
    flops = next(attr["value"] for attr in trial["user_attrs"] if attr["key"] == "flops")
    assert (told["flops"], told["numbers"]["stages"]) == (int(flops), 2)


@pytest.mark.parametrize("name", ["curve.png", "..", "architecture.json.bak"])
def test_a_trial_has_no_other_files(application, ask, study, finish_trial, name):
    taken = finish_trial(study)
    assert ask(application, f"/artifacts/{study.id}/{taken.trial_id}/{name}").status == 404


def test_files_of_trials_that_are_not_there_are_not_there(application, ask, study):
    for path in (f"/artifacts/{study.id}/2000000000/curve.svg", "/artifacts/2000000000/1/curve.svg"):
        assert ask(application, path).status == 404


def test_a_trial_of_another_study_is_not_found_below_this_one(application, ask, make_study, finish_trial):
    first, second = make_study(), make_study()
    finish_trial(first)
    taken = finish_trial(second)
    assert ask(application, f"/artifacts/{first.id}/{taken.trial_id}/architecture.json").status == 404
    assert ask(application, f"/artifacts/{second.id}/{taken.trial_id}/architecture.json").status == 200


@pytest.mark.parametrize("path", ["/api/studies/99999999999999999999", "/artifacts/1/99999999999999/curve.svg"])
def test_an_id_that_no_database_holds_is_not_found(application, ask, path):
    assert ask(application, path).status == 404


@pytest.mark.server
def test_a_database_that_goes_away_is_said_and_comes_back(postgres15, monkeypatch, ask, still):
    monkeypatch.setenv("ECGSCALE_STORAGE_PASSWORD_FILE", str(postgres15.password_file))
    application = DashboardApplication(open_database(postgres15.url), Guard(None, False, local=True))
    try:
        assert ask(application, "/api/studies").status == 200
        postgres15.stop()
        for path in ("/api/studies", "/api/studies/1?after=0", "/csv/1"):
            away = ask(application, path)
            assert (away.status, "check that the server runs" in away.json["reason"]) == (503, True), path
        assert ask(application, "/dashboard").status == 200
        postgres15.start()
        assert ask(application, "/api/studies").status == 200
    finally:
        application.close()
