import json
from dataclasses import replace

import pytest
from sqlalchemy import text

from analysis.regions import Change, Kind, Region, Review, SubSet
from ecgscale import InputError
from search.config import StudyConfig
from search.errors import ConfigError
from search.joining import join_study
from search.recipes import read_recipe
from search.reporting import report_studies
from storage.home import trial_folder
from storage.leases import claim, stop_early
from storage.reference import stored_reference
from storage.regions import add_region


@pytest.fixture
def finished(database, study):
    join_study(database, study, say=lambda line: None).run()
    return study


def test_front_members_are_scored_on_the_untouched_fold(database, finished, tmp_path):
    report, files = report_studies(database, [finished], tmp_path)
    assert report["trials"]["complete"] == 3
    assert all(0 <= member["test"]["balanced_accuracy"] <= 1 for member in report["pareto"])
    assert "pareto.test" not in report["why"]
    assert json.loads(files.data.read_text())["study"]["name"] == finished.name


def test_a_narrowed_study_says_so(database, finished, tmp_path):
    removed, left = SubSet((7,)), SubSet((3, 5))
    region = Region({"resnet.kernel": left})
    review = Review(2, "search", region, (Change(Kind.CUT, "resnet.kernel", removed, left),))
    assert add_region(database, finished, 1, review.dump())
    report, files = report_studies(database, [finished], tmp_path)
    assert [(row["study"], row["version"], row["trials"]) for row in report["regions"]] == [(finished.name, 1, 2)]
    (line,) = report["region_timelines"]
    assert (line["wide"], line["steps"][-1]["until"]) == ({"values": [3, 5, 7]}, 3)
    assert "resnet.kernel 7 is cut." in files.page.read_text()


def test_a_network_that_is_not_here_has_no_test_score(database, finished, tmp_path):
    for number in range(3):
        (trial_folder(finished.key, number) / "1" / "network.json").unlink()
    report, _ = report_studies(database, [finished], tmp_path)
    assert [member["test"] for member in report["pareto"]] == [None] * len(report["pareto"])
    assert "the trained network cannot be reached from this machine" in report["why"]["pareto.test"]


def test_a_report_needs_no_store_but_for_test_scores(database, make_study, store, tmp_path, one_epoch):
    import shutil

    from search.creation import create_study
    from search.space import default_space
    from storage.studies import Terms

    moved = shutil.copytree(store.path, tmp_path / "moved")
    space = default_space(["resnet"]).within(max_flops=5e6)
    study = create_study(
        database, f"moved {tmp_path.name}", store=moved, space=space, terms=Terms(1), training=one_epoch
    )
    join_study(database, study, say=lambda line: None).run()
    shutil.rmtree(moved)
    report, _ = report_studies(database, [study], tmp_path / "report")
    assert report["pareto"][0]["test"] is None
    assert "name it with --store" in report["why"]["pareto.test"]
    report, _ = report_studies(database, [study], tmp_path / "report", store=store.path)
    assert report["pareto"][0]["test"]["balanced_accuracy"] > 0


def test_a_test_fold_without_a_class_to_score_is_said_to_be_so(database, finished, store, tmp_path, monkeypatch):
    labels = store.labels.copy()
    labels[store.rows([10])] = 0
    monkeypatch.setattr(type(store), "labels", labels)
    monkeypatch.setattr(type(store), "_check_files", lambda opened: None)
    report, files = report_studies(database, [finished], tmp_path)
    assert all(member["test"] is None for member in report["pareto"])
    assert "fold 10 has no class to score" in files.page.read_text()


def test_a_study_of_a_recipe_has_the_findings_of_its_source(database, study, tmp_path):
    told = replace(study, config={**study.config, "recipe": "ecoscale"})
    report, _ = report_studies(database, [told], tmp_path)
    costs = read_recipe("ecoscale").costs(StudyConfig.load(study.config).shape)
    saving = next(row for row in report["claims"] if "fewer parameters" in row["statement"])
    assert saving["figure"] == costs["ecoscale"]["params"] / costs["oscnn"]["params"] - 1
    assert report["study"]["recipe"] == "ecoscale"


def test_studies_of_different_recipes_have_no_findings_in_common(database, study, make_study, tmp_path):
    told = [replace(study, config={**study.config, "recipe": "ecoscale"}), make_study()]
    assert report_studies(database, told, tmp_path)[0]["claims"] is None


def test_networks_of_a_family_that_has_changed_are_not_scored(database, finished, tmp_path):
    """Their weights might even fit, and the scores would be another network's."""
    examples = {name: {**example, "architecture": "another"} for name, example in finished.config["examples"].items()}
    changed = replace(finished, config={**finished.config, "examples": examples})
    report, _ = report_studies(database, [changed], tmp_path)
    assert all(member["test"] is None for member in report["pareto"])
    assert "makes other networks than when the study was created" in report["why"]["pareto.test"]


def test_a_number_that_is_none_stays_so_from_the_draft_to_the_test_score(database, make_study, tmp_path):
    """With the family's default in its place the trained weights would not fit the network."""
    numbers = {"convnext": {"stages": 2, "depth": 1, "width": 4, "layer_scale": [None]}}
    study = make_study(trials=1, space={"families": numbers})
    join_study(database, study, say=lambda line: None).run()
    report, _ = report_studies(database, [study], tmp_path)
    assert report["pareto"][0]["params"]["convnext.layer_scale"] is None
    assert report["pareto"][0]["test"]["balanced_accuracy"] > 0


def test_a_study_without_trials_has_a_report_that_says_so(database, study, tmp_path):
    report, files = report_studies(database, [study], tmp_path)
    assert report["pareto"] == []
    assert "No trial is complete yet" in files.page.read_text()


def test_stopped_trials_are_counted_and_on_no_front(database, study, draft, tmp_path):
    stop_early(database, claim(database, study, "w", draft("a")), {"stopped_epoch": 1})
    report, files = report_studies(database, [study], tmp_path)
    assert report["trials"] == {"complete": 0, "pruned": 1, "failed": 0, "excluded": 0, "not_finite": 0}
    assert report["pareto"] == []
    assert "1 stopped early" in files.page.read_text()


def test_several_studies_are_reported_on_together(database, make_study, tmp_path):
    studies = [make_study(), make_study()]
    for study in studies:
        join_study(database, study, say=lambda line: None).run()
    report, files = report_studies(database, studies, tmp_path)
    assert report["study"]["trials"] == report["trials"]["complete"] == 6
    assert report["name"] == " + ".join(study.name for study in studies)
    for member in report["pareto"]:
        own, _ = report_studies(database, [s for s in studies if s.name == member["attrs"]["study"]], tmp_path / "own")
        twin = next(one for one in own["pareto"] if one["number"] == member["attrs"]["number"])
        assert (twin["params"], twin["test"]) == (member["params"], member["test"])
        assert f"{member['attrs']['study']} {member['attrs']['number']}" in files.page.read_text()


def test_scores_on_different_records_are_not_mixed(database, finished, make_study, tmp_path):
    other = make_study()
    config = {**other.config, "store": {**other.config["store"], "fingerprint": "f" * 64}}
    with pytest.raises(ConfigError, match="make a report of each"):
        report_studies(database, [finished, replace(other, config=config)], tmp_path)


def test_the_corner_of_the_hypervolume_stays_with_the_study(database, make_study, tmp_path):
    study = make_study(trials=3)
    join_study(database, study, say=lambda line: None).run()
    first, _ = report_studies(database, [study], tmp_path)
    assert list(stored_reference(database, study)) == first["hypervolume"]["reference"]
    given, _ = report_studies(database, [study], tmp_path, reference={"flops": 1e12})
    again, _ = report_studies(database, [study], tmp_path)
    assert given["hypervolume"]["reference"] == again["hypervolume"]["reference"]
    assert again["hypervolume"]["reference"][1] == 1e12


def test_a_report_that_cannot_be_written_keeps_no_corner(database, finished, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError):
        report_studies(database, [finished], tmp_path / "file")
    assert stored_reference(database, finished) is None


def test_a_study_is_put_beside_another_with_what_they_were_told_otherwise(database, finished, make_study, tmp_path):
    other = make_study(trials=2)
    report, _ = report_studies(database, [finished], tmp_path, beside=other)
    assert [side["name"] for side in report["compared"]["sides"]] == [finished.name, other.name]
    assert "name" not in {row["name"] for row in report["compared"]["settings"]}
    with pytest.raises(ConfigError, match="would be compared with itself"):
        report_studies(database, [finished], tmp_path, beside=finished)


def test_studies_that_were_trained_differently_say_so(database, finished, make_study, tmp_path):
    longer = make_study(trials=2)
    longer = replace(longer, config={**longer.config, "training": {**longer.config["training"], "epochs": 7}})
    report, files = report_studies(database, [finished, longer], tmp_path)
    epochs = finished.config["training"]["epochs"]
    assert report["study"]["trained_otherwise"] == {"epochs": {finished.name: epochs, longer.name: 7}}
    assert f"epochs {epochs} ({finished.name}), 7 ({longer.name})" in files.page.read_text()


def test_of_several_studies_there_will_be_no_more_trials_when_all_have_ended(database, finished, make_study, tmp_path):
    ended, going_on = make_study(trials=9), make_study(trials=9)
    with database.engine.begin() as connection:
        statement = text("UPDATE ecgscale.study_settings SET ended = 'nothing left' WHERE study_id = :study")
        connection.execute(statement, {"study": ended.id})
    report, files = report_studies(database, [finished, ended], tmp_path)
    assert report["study"]["ended"] == f"{ended.name}: nothing left"
    assert "there will be no more" in files.page.read_text()
    report, files = report_studies(database, [finished, ended, going_on], tmp_path)
    assert report["study"]["ended"] is None
    assert "Preliminary:" in files.page.read_text()
