"""What optuna-dashboard's own page is told, against what optuna-dashboard tells it."""

import json

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial
from optuna_dashboard import save_note, save_plotly_graph_object, wsgi

from search.dashboard.notes import beneath
from storage.causes import Cause
from storage.exclusion import exclude_trial
from storage.leases import claim, give_up, stop_early


def _add(study, score, flops, *, state=TrialState.COMPLETE, wide=8, constraints=(), **attrs):
    study.add_trial(
        create_trial(
            state=state,
            values=[score, flops] if state == TrialState.COMPLETE else None,
            params={"width": 4, "family": "a", "rate": 0.2, **({"only": 1} if wide == 16 else {})},
            distributions={
                "width": IntDistribution(4, wide, step=4),
                "family": CategoricalDistribution(["a", "b", None]),
                "rate": FloatDistribution(1 / wide, 1.0, log=True),
                **({"only": IntDistribution(0, 3)} if wide == 16 else {}),
            },
            user_attrs=attrs,
            system_attrs={f"constraints:{name}": value for name, value in constraints},
            intermediate_values={0: float("inf"), 1: 0.5, 2: float("nan")} if state == TrialState.PRUNED else None,
        )
    )


@pytest.fixture
def varied(foreign):
    """Every state, ranges that change, parameters that not all have, attributes of all kinds, notes, a plot."""
    _add(foreign, 0.7, 10.0, number=1, text="<b>&\"'", both=1, some=[1, None], nan=float("nan"))
    _add(foreign, 0.8, float("inf"), both="x", yes=True)
    _add(foreign, 0.8, 20.0, wide=16, long=list(range(1000)))
    _add(foreign, 0.1, 30.0, state=TrialState.FAIL)
    _add(foreign, 0.1, 30.0, state=TrialState.PRUNED)
    _add(foreign, 0.9, 40.0, state=TrialState.RUNNING)
    foreign.enqueue_trial({"width": 4})
    foreign.set_user_attr("about", "<i>it</i>")
    foreign.set_metric_names(["score", "flops"])
    save_note(foreign, "about the *study*")
    for trial in foreign.trials[:1]:
        foreign._storage.set_study_system_attr(foreign._study_id, f"dashboard:{trial._trial_id}:note_ver", 3)
        foreign._storage.set_study_system_attr(foreign._study_id, f"dashboard:{trial._trial_id}:note_str:0", "mine")
    import plotly.graph_objects as go

    save_plotly_graph_object(foreign, go.Figure(), graph_object_id="theirs")
    return foreign


def _comparable(detail):
    """What optuna-dashboard itself tells in an order of its own."""
    detail["union_user_attrs"].sort(key=lambda attr: attr["key"])
    for space in ("union_search_space", "intersection_search_space"):
        detail[space].sort(key=json.dumps)
        for param in detail[space]:
            if "choices" in param["distribution"]:
                param["distribution"]["choices"].sort(key=json.dumps)
        detail[space].sort(key=json.dumps)
    return detail


@pytest.mark.parametrize("after", [0, 1, 3, 7, 99])
def test_it_tells_what_optuna_dashboard_tells(application, ask, database, varied, after):
    path = f"/api/studies/{varied._study_id}?after={after}"
    theirs = _comparable(ask(wsgi(database.optuna_storage()), path).json)
    ours = _comparable(ask(application, path).json)
    infinite = {1}  # a score of infinite cost is on no front of ours
    theirs["best_trials"] = [trial for trial in theirs["best_trials"] if trial["number"] not in infinite]
    assert ours == theirs
    assert len(ours["trials"]) == max(0, 7 - after)


def test_a_study_without_trials_is_told_alike(application, ask, database, foreign):
    path = f"/api/studies/{foreign._study_id}"
    assert ask(application, path).json == ask(wsgi(database.optuna_storage()), path).json


def test_a_single_objective_has_one_best_trial(application, ask, database):
    study = optuna.create_study(storage=database.optuna_storage(), direction="maximize")
    for value in (0.5, 0.9, 0.9):
        study.add_trial(create_trial(value=value))
    assert [best["number"] for best in ask(application, f"/api/studies/{study._study_id}").json["best_trials"]] == [1]


def test_an_infeasible_trial_is_never_best(application, ask, foreign):
    """Optuna 5 writes constraints under keys of their own, which optuna-dashboard 0.21 does not read."""
    _add(foreign, 0.7, 10.0, constraints=[("flops", 0.0), ("memory", -1.0)])
    _add(foreign, 0.9, 5.0, constraints=[("flops", 0.5), ("memory", float("inf"))])
    detail = ask(application, f"/api/studies/{foreign._study_id}").json
    assert [best["number"] for best in detail["best_trials"]] == [0]
    assert detail["trials"][0]["constraints"] == [0.0, -1.0]
    assert [value > 0 for value in detail["trials"][1]["constraints"]] == [True, True]


def test_an_answer_that_has_not_changed_is_not_sent_again(application, ask, study, finish_trial):
    path = f"/api/studies/{study.id}?after=0"
    first = ask(application, path, accept_encoding="gzip, br")
    assert first.headers["Content-Encoding"] == "gzip"
    again = ask(application, path, if_none_match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    finish_trial(study)
    changed = ask(application, path, if_none_match=first.headers["ETag"])
    assert (changed.status, len(changed.json["trials"])) == (200, 1)


def test_polls_follow_a_trial_to_its_end_and_out_of_the_study(application, ask, database, study, draft):
    path = f"/api/studies/{study.id}?after=0"

    def seen():
        detail = ask(application, path).json
        return [trial["state"] for trial in detail["trials"]], [best["number"] for best in detail["best_trials"]]

    taken = claim(database, study, "box-1-ab", draft("a"))
    assert seen() == (["Running"], [])
    from storage.claims import Result
    from storage.leases import finish

    finish(database, taken, Result((0.7, 1000.0), {}))
    assert seen() == (["Complete"], [0])
    exclude_trial(database, study, 0, "a *bad* cable")
    assert seen() == (["Fail"], [])
    assert "Excluded: a \\*bad\\* cable" in ask(application, path).json["trials"][0]["note"]["body"]


def test_a_note_says_what_was_trained_how_it_did_and_where_it_lies(application, ask, study, finish_trial):
    finish_trial(study, balanced_accuracy_ci95=[0.6, 0.8], macro_auroc=0.75, train_seconds=12.5)
    (trial,) = ask(application, f"/api/studies/{study.id}").json["trials"]
    body = trial["note"]["body"]
    assert "**resnet \\(width 16\\)**, 1 kFLOPs" in body
    assert "Balanced accuracy 0.700 (95 % interval 0.600 to 0.800), macro AUROC 0.750" in body
    assert "Trained by box-1-ab until 20" in body and body.count("in 12.5 s") == 1
    assert f"Its network: trials/{study.key}/0/1 under" in body
    assert f"(/artifacts/{study.id}/{trial['trial_id']}/curve.svg)" in body
    assert [file["artifact_id"] for file in trial["artifacts"]] == ["curve.svg", "curve.csv", "architecture.json"]


def test_a_note_says_why_there_is_no_score(application, ask, database, study, draft):
    stop_early(
        database, claim(database, study, "w", draft("a")), {"stopped_epoch": 1, "stopped_reason": "far <off>"}, []
    )
    give_up(database, claim(database, study, "w", draft("b")), Cause.DIVERGED, "loss is nan")
    claim(database, study, "w", draft("c"))
    notes = [trial["note"]["body"] for trial in ask(application, f"/api/studies/{study.id}").json["trials"]]
    assert "Stopped early after epoch 1: far \\<off\\>" in notes[0]
    assert "Failed: loss is nan" in notes[1]
    assert "Is being trained by w" in notes[2]
    assert "artifacts" not in notes[2]


def test_what_a_person_writes_stands_above_and_is_all_that_is_stored(
    make_application, ask, study, finish_trial, database
):
    finish_trial(study)
    application = make_application(writable=True)
    shown = ask(application, f"/api/studies/{study.id}").json["trials"][0]
    path = f"/api/studies/{study.id}/{shown['trial_id']}/note"
    body = beneath("*mine*, <b>bold</b>", shown["note"]["body"].partition("\n\n")[2], editable=True)
    assert ask(application, path, method="PUT", body={"version": 1, "body": body}).status == 204
    stored = database.optuna_storage().get_study_system_attrs(study.id)
    assert stored[f"dashboard:{shown['trial_id']}:note_str:0"] == "*mine*, <b>bold</b>"
    note = ask(application, f"/api/studies/{study.id}").json["trials"][0]["note"]
    assert note == {"version": 1, "body": body}


@pytest.mark.parametrize("after", ["-1", "x", "1.5"])
def test_a_number_of_trials_that_is_none_is_refused(application, ask, study, after):
    answer = ask(application, f"/api/studies/{study.id}?after={after}")
    assert (answer.status, answer.json["reason"]) == (400, "`after` must be a number of trials, 0 or more")


def test_a_study_that_is_not_there_is_said(application, ask):
    answer = ask(application, "/api/studies/2000000000")
    assert (answer.status, answer.json["reason"]) == (404, "there is no study with the id 2000000000")
