import math
import os
import resource
import shutil
import uuid
from dataclasses import replace

import numpy as np
import optuna
import pytest
from optuna.distributions import CategoricalDistribution, IntDistribution
from sqlalchemy import select

from models.training import loop
from models.training.recipe import Precision
from search import rung_watch
from search.config import StudyConfig
from search.creation import create_study
from search.draft import draw_draft
from search.errors import ConfigError, WorkerError
from search.halving import Hopeless
from search.joining import join_study
from search.places import training_folder
from search.settings import WantedTraining
from search.space import make_space
from search.stopping import DRAIN, Stop
from search.worker import Limits, Worker
from storage import schema
from storage.claims import Result
from storage.continuation import continue_trials
from storage.curves import read_curves
from storage.progress import progress
from storage.studies import Terms
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
    assert join_study(database, study, say=silent).run() == 3
    rows = read_trials(database, study)
    assert [(row.number, row.state.name) for row in rows] == [(0, "COMPLETE"), (1, "COMPLETE"), (2, "COMPLETE")]
    for row in rows:
        assert row.user_attrs.keys() >= ATTRS
        assert row.values == [pytest.approx(row.values[0]), row.user_attrs["flops"]]
        assert row.user_attrs["store"] == store.fingerprint
        assert row.user_attrs["train_flops"] == 3 * row.user_attrs["flops"] * (
            len(store.split_training(range(1, 9))[0]) // 32 * 32
        )
    with database.engine.connect() as connection:
        epochs = connection.execute(select(schema.epochs).where(schema.epochs.c.trial_id == rows[0]._trial_id)).all()
        labels = connection.execute(
            select(schema.label_scores).where(schema.label_scores.c.trial_id == rows[0]._trial_id)
        ).all()
    assert [row.epoch for row in epochs] == [1]
    assert len(labels) == 26


class Instant:
    """A trial that takes no time; its score grows with the cost."""

    def evaluate(self, draft, claim, on_epoch, stop):
        return Result((0.5 + 0.05 * math.log10(draft.complexity.flops), float(draft.complexity.flops)), {})

    def tidy(self, claim):
        pass


def test_no_architecture_is_trained_twice_in_the_same_way(database, make_study):
    """Eight different trainings in the space, six wanted: random drafts repeat, trials do not."""
    space = {"families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5, 7, 9]}}}
    study = make_study(trials=6, space=space)
    join_study(database, study, say=silent).run()
    architectures = [row.user_attrs["architecture"] for row in read_trials(database, study)]
    assert len(set(architectures)) == len(architectures) == 6
    assert progress(database, study).drafts["repeated"] > 0


def test_a_space_with_nothing_left_ends_the_study_and_says_so(database, make_study):
    space = {"families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": 3}}}
    study = make_study(trials=5, space=space)
    said = []
    assert join_study(database, study, say=said.append).run() == 2
    state = progress(database, study)
    assert state.counted == 2
    assert "the space has nothing left" in state.ended
    assert "repeated" in said[-1]


def test_drafts_over_budget_use_no_trial_number(database, make_study):
    study = make_study(trials=3, max_flops=6e5)
    join_study(database, study, say=silent).run()
    rows = read_trials(database, study)
    assert [row.number for row in rows] == [0, 1, 2]
    assert all(row.user_attrs["flops"] <= 6e5 for row in rows)
    assert progress(database, study).drafts["over_budget"] > 0


def test_forty_architectures_asked_for_sixty_trials_end_at_forty_and_the_study_says_why(database, make_study):
    numbers = {"stages": [2, 3], "depth": [1, 2], "width": [4, 8, 12, 16, 20], "kernel": [3, 5]}
    study = make_study(trials=60, space={"families": {"resnet": numbers}})
    said = []
    worker = Worker(database, study, StudyConfig.load(study.config), Instant(), say=said.append)
    assert worker.run() == 40
    state = progress(database, study)
    assert (state.counted, len(read_trials(database, study))) == (40, 40)
    assert state.ended.startswith("the space has nothing left: each of its 40 sets of parameters was tried before")
    assert said[-1] == state.ended


@pytest.mark.parametrize("sampler", ["default", "tpe-multivariate", "nsga2"])
def test_a_budget_that_most_of_the_space_exceeds_costs_no_trial_number(database, make_study, sampler):
    numbers = {"stages": [2, 3, 4], "depth": [1, 2, 3], "width": {"low": 4, "high": 32, "step": 2}, "kernel": [3, 5, 9]}
    train = {"lr": {"low": 0.001, "high": 0.01, "log": True}}
    space = {"families": {"resnet": numbers}, "train": train}
    config = StudyConfig.load(make_study(space=space).config)
    rng = np.random.default_rng(0)
    budget = np.quantile([draw_draft(config, rng).complexity.flops for _ in range(500)], 0.3)
    study = make_study(trials=60, space=space, max_flops=budget, sampler=sampler)
    config = StudyConfig.load(study.config)
    Worker(database, study, config, Instant(), say=silent).run()
    rows = read_trials(database, study)
    assert [row.number for row in rows] == list(range(60))
    assert all(row.state.name == "COMPLETE" and row.values[1] <= budget for row in rows)
    state = progress(database, study)
    assert state.drafts["over_budget"] > 0
    assert sum(one.trials for one in state.samplers.values()) == 60
    assert state.samplers["uniform"].trials < 30
    assert sum(one.fallbacks for one in state.samplers.values()) <= 6


def test_trials_of_other_programs_stop_no_worker(database, make_study):
    study = make_study(trials=25)
    theirs = optuna.load_study(study_name=study.name, storage=database.optuna_storage())
    theirs.ask({"x": IntDistribution(1, 3)})
    add = optuna.trial.create_trial
    kinds = {"family": CategoricalDistribution(["resnet", "convnext"]), "resnet.stages": CategoricalDistribution([2])}
    theirs.add_trial(add(values=[0.9, 0.0], params={"family": "resnet", "resnet.stages": 2}, distributions=kinds))
    theirs.add_trial(add(values=[math.inf, 1e6], params={"x": 1}, distributions={"x": IntDistribution(1, 3)}))
    assert Worker(database, study, StudyConfig.load(study.config), Instant(), say=silent).run() == 25


def test_nsga2_finds_its_generations_again_in_another_worker(database, make_study):
    study = make_study(trials=45, sampler="nsga2")
    for trials in (30, 15):
        config = StudyConfig.load(study.config)
        Worker(database, study, config, Instant(), limits=Limits(trials), say=silent).run()
    kept = [row.system_attrs.get("NSGAIISampler:generation") for row in read_trials(database, study)]
    generations = [generation for generation in kept if generation is not None]
    assert generations == sorted(generations)
    assert generations[-1] >= 1


def test_a_budget_nothing_meets_is_refused_at_creation(make_study):
    with pytest.raises(
        ConfigError, match=r"within the budget, --max-flops 10; the nearest has \d+ FLOPs; widen the budget"
    ):
        make_study(max_flops=10)


def test_one_failing_trial_is_recorded_and_the_worker_goes_on(database, study, monkeypatch):
    real, calls = loop.train, []

    def failing_once(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("a family of somebody's")
        return real(*args, **kwargs)

    monkeypatch.setattr(loop, "train", failing_once)
    assert join_study(database, study, say=silent).run() == 3
    rows = read_trials(database, study)
    assert [row.state.name for row in rows] == ["FAIL", "COMPLETE", "COMPLETE", "COMPLETE"]
    assert rows[0].user_attrs["fail_reason"] == "ValueError: a family of somebody's"


def test_a_worker_gives_up_when_every_trial_fails(database, study, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the GPU is on fire")

    monkeypatch.setattr(loop, "train", broken)
    with pytest.raises(WorkerError, match=r"5 trials in a row failed \(user error\); the last: RuntimeError: the GPU"):
        join_study(database, study, say=silent).run()


def test_a_trial_handed_back_within_an_epoch_goes_on_from_there(database, make_study, monkeypatch):
    """And ends as if nothing had been: the same seed, the same scores."""
    whole, study = make_study(trials=1), make_study(trials=1)
    assert join_study(database, whole, say=silent).run() == 1

    stop = Stop()
    steps = []

    def told_in_the_second_step():
        steps.append(1)
        return len(steps) > 2

    monkeypatch.setattr(Stop, "__bool__", lambda self: told_in_the_second_step())
    assert join_study(database, study, limits=Limits(stop=stop), say=silent).run() == 0
    monkeypatch.undo()
    assert progress(database, study).states == {"waiting": 1}
    assert join_study(database, study, say=silent).run() == 1
    (expected,), (row,) = read_trials(database, whole), read_trials(database, study)
    assert (row.number, row.state.name, row.user_attrs["resumed"]) == (0, "COMPLETE", 1)
    assert (row.values, row.user_attrs["ece"]) == (expected.values, expected.user_attrs["ece"])


def test_an_impatient_interrupt_hands_back_too(database, make_study, monkeypatch):
    study = make_study(trials=1)

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "train", interrupted)
    with pytest.raises(KeyboardInterrupt):
        join_study(database, study, say=silent).run()
    assert progress(database, study).states == {"waiting": 1}
    assert progress(database, study).wasted.keys() == {"preempted"}


def test_a_worker_does_no_more_than_its_share(database, study):
    assert join_study(database, study, limits=Limits(trials=2), say=silent).run() == 2
    assert join_study(database, study, limits=Limits(stop=Stop(0.0)), say=silent).run() == 0
    assert progress(database, study).states == {"complete": 2}


def test_a_worker_of_another_version_is_refused(database, study):
    older = replace(study, config={**study.config, "ecgscale": "0.0.9"})
    with pytest.raises(ConfigError, match=r"created by ecgscale 0.0.9, this is .*; use|use ecgscale 0.0.9 for it"):
        join_study(database, older)


def test_the_same_seed_draws_the_same_networks(database, make_study):
    def drawn():
        study = make_study()
        join_study(database, study, say=silent).run()
        return [(row.params, row.values) for row in read_trials(database, study)]

    assert drawn() == drawn()


def test_a_store_of_other_labels_or_records_is_refused(database, study, shared, tmp_path):
    from ecg.preparation import prepare
    from ecg.signal import Preprocessing

    prepare(shared / "data/ptbxl", tmp_path / "ptbxl", Preprocessing())
    with pytest.raises(ConfigError, match="holds labels of ptbxl_superclasses, the study was made for challenge2021"):
        join_study(database, study, store=tmp_path / "ptbxl")
    prepare(shared / "data/challenge2021", tmp_path / "other", Preprocessing())
    with pytest.raises(ConfigError, match=r"has the fingerprint .* the study was made for"):
        join_study(database, study, store=tmp_path / "other")


def test_a_moved_store_is_accepted_by_its_fingerprint(database, study, store, tmp_path):
    moved = shutil.copytree(store.path, tmp_path / "moved")
    assert join_study(database, study, store=moved, say=silent).run() == 3


def test_a_trial_that_diverges_is_recorded_and_the_next_is_trained(database, make_study):
    space = {
        "families": {"resnet": {"stages": 2, "depth": 1, "width": 4, "kernel": [3, 5, 7]}},
        "train": {"lr": [1e30, 0.01], "optimizer": "sgd", "clip": 1e30},
    }
    study = make_study(trials=3, space=space)
    said = []
    assert join_study(database, study, say=said.append).run() == 3
    failed = [row for row in read_trials(database, study) if row.state.name == "FAIL"]
    assert failed
    for row in failed:
        assert row.params["train.lr"] > 1
        assert row.user_attrs["fail_reason"].startswith("Diverged: the ")
    assert len([row for row in read_trials(database, study) if row.state.name == "COMPLETE"]) == 3


def test_a_full_disk_ends_the_worker_and_no_trial(database, study):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    worker = join_study(database, study, say=silent)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(WorkerError, match=r"3 trials in a row failed.*cannot write to .*; free some space"):
            worker.run()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with database.engine.connect() as connection:
        attempts = schema.attempts.join(schema.leases, schema.attempts.c.trial_id == schema.leases.c.trial_id)
        query = select(schema.attempts).select_from(attempts).where(schema.leases.c.study_id == study.id)
        told = connection.execute(query).all()
    assert [row.cause for row in told] == ["interrupted"] * 3
    assert all("CheckpointFailed: cannot write to" in row.reason for row in told)
    assert progress(database, study).states == {"waiting": 3}


def test_a_finished_trial_carries_intervals_of_its_main_scores(database, study):
    join_study(database, study, say=silent).run()
    for row in read_trials(database, study):
        low, high = row.user_attrs["balanced_accuracy_ci95"]
        assert low <= row.values[0] <= high
        assert len(row.user_attrs["challenge_score_ci95"]) == 2
        assert row.user_attrs["batch_parts"] == 1


HOPELESS = Hopeless(0.3, 0.1, 0.9)
FOUR_EPOCHS = WantedTraining(epochs=4, batch_size=32, precision=Precision.FP32)  # the one rung is after the first


@pytest.fixture
def four_epochs(database, store):
    """Makes studies of one trial of four epochs."""

    def make():
        return create_study(
            database,
            f"test-{uuid.uuid4().hex[:8]}",
            store=store.path,
            space=make_space(TINY, source="the test's space"),
            terms=Terms(1),
            training=FOUR_EPOCHS,
        )

    return make


TINY = {"families": {"resnet": {"stages": 2, "depth": 1, "width": 4, "kernel": [3, 5, 7]}}}


def network_of(study, number):
    return training_folder(study, number, 1).load_network()


def test_a_trial_is_stopped_at_a_rung_and_goes_on_as_another_as_if_nothing_had_been(database, four_epochs, monkeypatch):
    whole, study = four_epochs(), four_epochs()
    assert join_study(database, whole, say=silent).run() == 1

    said = []
    monkeypatch.setattr(
        rung_watch, "verdict", lambda curves, *_: Hopeless(0.3, 0.1, 0.9) if curves[0].continues is None else None
    )
    assert join_study(database, study, say=said.append).run() == 1
    (stopped,) = read_trials(database, study)
    assert (stopped.state.name, stopped.values) == ("PRUNED", None)
    assert said == [f"trial 0: stopped after 1 of 4 epochs: {HOPELESS}"]
    assert stopped.user_attrs["stopped_epoch"] == 1
    assert training_folder(study, 0, 2).load_checkpoint() is not None
    assert progress(database, study).states == {"pruned": 1}

    assert continue_trials(database, study, [0]) == {0: 1}
    assert join_study(database, study, say=silent).run() == 1
    (expected,), (_, continued) = read_trials(database, whole), read_trials(database, study)
    assert stopped.user_attrs["train_flops"] == expected.user_attrs["train_flops"] / 4
    assert (continued.values, continued.user_attrs["resumed"]) == (expected.values, 1)
    assert continued.user_attrs["train_flops"] == expected.user_attrs["train_flops"]
    theirs, ours = network_of(whole, 0), network_of(study, 1)
    assert all(ours.tensors[name].equal(tensor) for name, tensor in theirs.tensors.items())
    assert read_curves(database, study)[0].scores == read_curves(database, whole)[0].scores
    assert training_folder(study, 0, 2).load_checkpoint() is None  # nobody needs it any more


def test_a_trial_that_was_taken_over_before_it_was_stopped_is_not_stopped(database, four_epochs, monkeypatch):
    study = four_epochs()
    said = []

    def overtaken(*_):
        with database.engine.begin() as connection:
            connection.execute(schema.leases.update().where(schema.leases.c.study_id == study.id).values(token=2))
        return HOPELESS

    monkeypatch.setattr(rung_watch, "verdict", overtaken)
    stop = Stop()
    monkeypatch.setattr(Stop, "__bool__", lambda self: bool(said))
    assert join_study(database, study, limits=Limits(stop=stop), say=said.append).run() == 0
    monkeypatch.undo()
    assert "trial 0 was taken over or ended by somebody else; this part of it no longer counts" in said
    assert progress(database, study).states == {"running": 1}


def test_a_worker_told_to_drain_finishes_its_trial_and_takes_no_other(database, make_study):
    study = make_study(trials=5)
    stop = Stop()
    said = []

    def tell(line):
        said.append(line)
        os.kill(os.getpid(), DRAIN)

    with stop.listening():
        assert join_study(database, study, limits=Limits(stop=stop), say=tell).run() == 1
    assert not stop
    assert progress(database, study).states == {"complete": 1}
