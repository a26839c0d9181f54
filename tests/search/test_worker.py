import resource
import shutil

import pytest
from sqlalchemy import select

from models.training import loop
from search.errors import ConfigError, WorkerError
from search.worker import Worker
from storage import schema
from storage.studies import progress
from storage.trials import read_trials

ATTRS = {
    "params",
    "flops",
    "receptive_field",
    "stages",
    "challenge_score",
    "macro_auroc",
    "macro_auprc",
    "macro_f1",
    "ece",
    "train_flops",
    "train_seconds",
    "epochs",
    "architecture",
    "region",
    "store",
    "resumed",
}


def silent(line):
    pass


def test_a_worker_fills_a_study_with_whole_trials(database, study, store):
    assert Worker(database, study, say=silent).run() == 3
    rows = read_trials(database, study)
    assert [(row.number, row.state) for row in rows] == [(0, "complete"), (1, "complete"), (2, "complete")]
    for row in rows:
        assert row.attrs.keys() >= ATTRS
        assert row.values == [pytest.approx(row.values[0]), row.attrs["flops"]]
        assert row.attrs["store"] == store.fingerprint
        assert row.attrs["train_flops"] == 3 * row.attrs["flops"] * (
            len(store.split_training(range(1, 9))[0]) // 32 * 32
        )
    with database.transaction() as session:
        epochs = session.execute(select(schema.epochs).where(schema.epochs.c.trial_id == rows[0].trial_id)).all()
        labels = session.execute(
            select(schema.label_scores).where(schema.label_scores.c.trial_id == rows[0].trial_id)
        ).all()
    assert [row.epoch for row in epochs] == [1]
    assert len(labels) == 26


def test_no_architecture_is_trained_twice_in_the_same_way(database, make_study):
    """Eight different trainings in the space, six wanted: random drafts repeat, trials do not."""
    space = {"families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5, 7, 9]}}}
    study = make_study(trials=6, space=space)
    Worker(database, study, say=silent).run()
    architectures = [row.attrs["architecture"] for row in read_trials(database, study)]
    assert len(set(architectures)) == len(architectures) == 6
    assert progress(database, study).drafts["repeated"] > 0


def test_a_space_with_nothing_left_ends_the_study_and_says_so(database, make_study):
    space = {"families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": 3}}}
    study = make_study(trials=5, space=space)
    said = []
    assert Worker(database, study, say=said.append).run() == 2
    state = progress(database, study)
    assert state.counted == 2
    assert "the space has nothing left" in state.ended
    assert "repeated" in said[-1]


def test_drafts_over_budget_use_no_trial_number(database, make_study):
    study = make_study(trials=3, max_flops=6e5)
    Worker(database, study, say=silent).run()
    rows = read_trials(database, study)
    assert [row.number for row in rows] == [0, 1, 2]
    assert all(row.attrs["flops"] <= 6e5 for row in rows)
    assert progress(database, study).drafts["over_budget"] > 0


def test_a_budget_nothing_meets_is_refused_at_creation(make_study):
    with pytest.raises(ConfigError, match=r"none needs at most 10 FLOPs, the cheapest \d+; raise --max-flops"):
        make_study(max_flops=10)


def test_one_failing_trial_is_recorded_and_the_worker_goes_on(database, study, monkeypatch):
    real, calls = loop.train, []

    def failing_once(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise MemoryError("out of memory")
        return real(*args, **kwargs)

    monkeypatch.setattr("search.objective.train", failing_once)
    assert Worker(database, study, say=silent).run() == 3
    rows = read_trials(database, study)
    assert [row.state for row in rows] == ["fail", "complete", "complete", "complete"]
    assert rows[0].attrs["fail_reason"] == "MemoryError: out of memory"


def test_a_worker_gives_up_when_every_trial_fails(database, study, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the GPU is on fire")

    monkeypatch.setattr("search.objective.train", broken)
    with pytest.raises(WorkerError, match="5 trials in a row failed; the last: RuntimeError: the GPU is on fire"):
        Worker(database, study, say=silent).run()


def test_an_interrupted_trial_goes_on_with_the_next_worker(database, make_study, monkeypatch):
    study = make_study(trials=1)
    real = loop.train

    def interrupted(*args, on_epoch, **kwargs):
        def stop(row):
            on_epoch(row)
            raise KeyboardInterrupt

        return real(*args, on_epoch=stop, **kwargs)

    monkeypatch.setattr("search.objective.train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Worker(database, study, say=silent).run()
    monkeypatch.undo()
    assert Worker(database, study, say=silent).run() == 1
    (row,) = read_trials(database, study)
    assert (row.number, row.state, row.attrs["resumed"]) == (0, "complete", 1)


def test_the_same_seed_draws_the_same_networks(database, make_study):
    def drawn():
        study = make_study()
        Worker(database, study, say=silent).run()
        return [(row.params, row.values) for row in read_trials(database, study)]

    assert drawn() == drawn()


def test_a_store_of_other_labels_or_records_is_refused(database, study, shared, tmp_path):
    from ecg.preparation import prepare
    from ecg.signal import Preprocessing

    prepare(shared / "data/ptbxl", tmp_path / "ptbxl", Preprocessing())
    with pytest.raises(ConfigError, match="holds labels of ptbxl_superclasses, the study was made for challenge2021"):
        Worker(database, study, store=tmp_path / "ptbxl")
    prepare(shared / "data/challenge2021", tmp_path / "other", Preprocessing())
    with pytest.raises(ConfigError, match=r"has the fingerprint .* the study was made for"):
        Worker(database, study, store=tmp_path / "other")


def test_a_moved_store_is_accepted_by_its_fingerprint(database, study, store, tmp_path):
    moved = shutil.copytree(store.path, tmp_path / "moved")
    assert Worker(database, study, store=moved, say=silent).run() == 3


def test_a_trial_that_diverges_is_recorded_and_the_next_is_trained(database, make_study):
    space = {
        "families": {"resnet": {"stages": 2, "depth": 1, "width": 4, "kernel": [3, 5, 7]}},
        "train": {"lr": [1e30, 0.01], "optimizer": "sgd", "clip": 1e30},
    }
    study = make_study(trials=3, space=space)
    said = []
    assert Worker(database, study, say=said.append).run() == 3
    failed = [row for row in read_trials(database, study) if row.state == "fail"]
    assert failed
    for row in failed:
        assert row.params["train.lr"] > 1
        assert row.attrs["fail_reason"].startswith("Diverged: the ")
    assert len([row for row in read_trials(database, study) if row.state == "complete"]) == 3


def test_a_full_disk_fails_trials_with_their_reason_and_then_the_worker_gives_up(database, study):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    worker = Worker(database, study, say=silent)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(WorkerError, match=r"5 trials in a row failed.*cannot write to .*; free some space"):
            worker.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    rows = read_trials(database, study)
    assert [row.state for row in rows] == ["fail"] * 5
    assert all("CheckpointFailed: cannot write to" in row.attrs["fail_reason"] for row in rows)


def test_a_finished_trial_carries_intervals_of_its_main_scores(database, study):
    Worker(database, study, say=silent).run()
    for row in read_trials(database, study):
        low, high = row.attrs["balanced_accuracy_ci95"]
        assert low <= row.values[0] <= high
        assert len(row.attrs["challenge_score_ci95"]) == 2
        assert row.attrs["batch_parts"] == 1
