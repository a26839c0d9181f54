from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import CheckpointFailed
from search.errors import ConfigError
from search.joining import join_study
from search.places import describe_trial_place, training_folder, usable_place
from search.reporting import report_studies
from storage.home import trial_folder


def kept_in(study, place):
    return replace(study, terms=replace(study.terms, artifacts=str(place)))


def test_a_shared_folder_holds_what_every_machine_needs(database, study, tmp_path, monkeypatch):
    """Trained here, reported from a machine that has nothing but the shared folder, mounted elsewhere."""
    shared = Path(usable_place(str(tmp_path / "shared")))
    assert join_study(database, kept_in(study, shared), say=lambda line: None).run() == 3
    assert not trial_folder(study.key, 0).exists()
    shared.rename(tmp_path / "mounted")
    with pytest.raises(ConfigError, match=r"shared, which is not that folder here .* ECGSCALE_ARTIFACTS"):
        join_study(database, kept_in(study, shared))
    monkeypatch.setenv("ECGSCALE_ARTIFACTS", str(tmp_path / "mounted"))
    report, _ = report_studies(database, [kept_in(study, shared)], tmp_path / "report")
    assert all(member["test"] for member in report["pareto"])


def test_a_trial_goes_on_from_the_newest_of_its_owners_checkpoints(study, tmp_path):
    import torch

    kept = kept_in(study, usable_place(str(tmp_path / "shared")))
    training_folder(kept, 0, 1).save_checkpoint({"w": torch.tensor(1.0)}, {"epoch": 1})
    training_folder(kept, 0, 3).save_checkpoint({"w": torch.tensor(3.0)}, {"epoch": 3})
    assert training_folder(kept, 0, 4).load_checkpoint().state == {"epoch": 3}
    assert training_folder(kept, 0, 2).load_checkpoint().state == {"epoch": 1}
    assert training_folder(kept, 1, 2).load_checkpoint() is None
    training_folder(kept, 0, 4).drop_checkpoint()
    assert training_folder(kept, 0, 5).load_checkpoint() is None


def test_a_trial_that_goes_on_with_another_begins_at_the_newest_of_its_checkpoints(study, tmp_path):
    import torch

    kept = kept_in(study, usable_place(str(tmp_path / "shared")))
    training_folder(kept, 0, 1).save_checkpoint({"w": torch.tensor(1.0)}, {"epoch": 1})
    training_folder(kept, 0, 2).save_checkpoint({"w": torch.tensor(2.0)}, {"epoch": 2})
    assert training_folder(kept, 9, 1).load_checkpoint() is None
    assert training_folder(kept, 9, 1, continues=(0, 2)).load_checkpoint().state == {"epoch": 2}
    training_folder(kept, 9, 1, continues=(0, 2)).save_checkpoint({"w": torch.tensor(3.0)}, {"epoch": 3})
    assert training_folder(kept, 9, 2, continues=(0, 2)).load_checkpoint().state == {"epoch": 3}
    training_folder(kept, 9, 2, continues=(0, 2)).drop_checkpoint()
    assert training_folder(kept, 9, 3, continues=(0, 2)).load_checkpoint() is None


def test_a_finished_trials_checkpoints_are_gone_and_its_network_stays(database, make_study):
    study = make_study(trials=1)
    assert join_study(database, study, say=lambda line: None).run() == 1
    assert sorted(path.name.partition("-")[0] for path in trial_folder(study.key, 0).rglob("*.*")) == [
        "network",
        "network.json",
    ]


def test_a_shared_folder_that_is_no_longer_mounted_is_not_written_to(study, tmp_path):
    """The empty folder it was mounted on is still there."""
    import torch

    shared = Path(usable_place(str(tmp_path / "shared")))
    folder = training_folder(kept_in(study, shared), 0, 1)
    shared.rename(tmp_path / "away")
    shared.mkdir()
    with pytest.raises(CheckpointFailed, match=r"cannot write to .*/shared: the shared folder is gone"):
        folder.save_checkpoint({"w": torch.tensor(1.0)}, {})
    assert list(shared.iterdir()) == []


def test_a_trials_files_are_where_people_are_told(study, tmp_path):
    assert describe_trial_place(study, 7, 2) == f"trials/{study.key}/7/2 under ECGSCALE_HOME of its machine"
    shared = replace(study, terms=replace(study.terms, artifacts=usable_place(str(tmp_path))))
    training_folder(shared, 7, 2)
    assert describe_trial_place(shared, 7, 2) == f"{tmp_path}/{study.key}/7/2"
