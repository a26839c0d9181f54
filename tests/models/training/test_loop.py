import math
import resource
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.build import build
from models.errors import CheckpointFailed, Diverged, SignalsLost, Stopped
from models.training.checkpoint import TrainingFolder
from models.training.data import Split, TrainingData
from models.training.evaluation import answers, score_answers
from models.training.loop import train
from models.training.recipe import Loss, Optimizer, Precision, Recipe, Schedule

pytestmark = pytest.mark.usefixtures("one_thread")

NUMBERS = {"stages": 2, "depth": 1, "width": 8, "kernel": 5}
EVERYTHING = Recipe(
    epochs=3,
    precision=Precision.BF16,
    crop=700,
    optimizer=Optimizer.ADAM,
    loss=Loss.ASYMMETRIC,
    ema=0.9,
    data_fraction=0.8,
    augment=True,
)


class Interrupted(Exception):
    pass


def interrupt_after(epoch):
    def on_epoch(row):
        if row.epoch == epoch:
            raise Interrupted

    return on_epoch


def weights(folder):
    return folder.load_network().tensors


def head_of(folder):
    """The last layer's weights."""
    (name,) = (name for name in weights(folder) if name.startswith("head.") and name.endswith("weight"))
    return weights(folder)[name]


def assert_same_weights(one, other):
    for key, value in weights(one).items():
        assert torch.equal(value, weights(other)[key]), key


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_loss_falls_with_every_optimizer(data, tmp_path, optimizer):
    recipe = Recipe(epochs=3, lr=0.01, optimizer=optimizer)
    curve = train("resnet", NUMBERS, data, recipe, TrainingFolder(tmp_path)).curve
    assert curve[-1].loss < curve[0].loss


def test_a_checkpoint_of_another_training_is_not_gone_on_with(data, tmp_path):
    folder = TrainingFolder(tmp_path)
    with pytest.raises(Interrupted):
        train("resnet", NUMBERS, data, Recipe(epochs=2), folder, on_epoch=interrupt_after(1))
    assert train("resnet", {**NUMBERS, "width": 16}, data, Recipe(epochs=2), folder).resumed == 0


@pytest.mark.parametrize("loss", list(Loss))
def test_every_loss_falls(data, tmp_path, loss):
    curve = train("resnet", NUMBERS, data, Recipe(epochs=3, lr=0.01, loss=loss), TrainingFolder(tmp_path)).curve
    assert curve[-1].loss < curve[0].loss


@pytest.mark.parametrize("recipe", [Recipe(epochs=2, seed=3), EVERYTHING], ids=["plain", "everything"])
def test_same_seed_same_result(data, tmp_path, recipe):
    folders = [TrainingFolder(tmp_path / name) for name in ("a", "b")]
    one, other = (train("convnext", {"stages": 2, "depth": 1, "width": 8}, data, recipe, folder) for folder in folders)
    assert one.scores.overall == other.scores.overall
    assert_same_weights(*folders)


@pytest.mark.parametrize(
    ("family", "numbers", "recipe"),
    [
        ("resnet", NUMBERS, Recipe(epochs=3)),
        ("resnet", NUMBERS, EVERYTHING),
        ("resnet", NUMBERS, Recipe(epochs=3, optimizer=Optimizer.SGD_MOMENTUM, schedule=Schedule.EXPONENTIAL)),
        ("ecoscale", {"stages": 2, "depth": 1, "width": 8, "scale": 64, "dropout": 0.2}, Recipe(epochs=3)),
    ],
    ids=["plain", "everything", "momentum", "dropout"],
)
@pytest.mark.parametrize("epoch", [1, 2])
def test_an_interrupted_training_goes_on_bit_for_bit(data, tmp_path, family, numbers, recipe, epoch):
    whole, parts = TrainingFolder(tmp_path / "whole"), TrainingFolder(tmp_path / "parts")
    expected = train(family, numbers, data, recipe, whole)
    with pytest.raises(Interrupted):
        train(family, numbers, data, recipe, parts, on_epoch=interrupt_after(epoch))
    rows = []
    resumed = train(family, numbers, data, recipe, parts, on_epoch=rows.append)
    assert [row.epoch for row in rows] == list(range(epoch + 1, 4))
    assert (resumed.resumed, expected.resumed) == (1, 0)
    assert resumed.records_seen == expected.records_seen
    assert [row.loss for row in resumed.curve] == [row.loss for row in expected.curve]
    assert_same_weights(whole, parts)


@pytest.mark.parametrize(
    ("family", "numbers"),
    [("resnet", NUMBERS), ("ecoscale", {"stages": 2, "depth": 1, "width": 8, "scale": 64, "dropout": 0.2})],
)
def test_a_training_stopped_at_any_step_goes_on_from_there_and_ends_as_if_it_had_not_been(
    data, tmp_path, family, numbers
):
    """After every fifth to seventh step of three epochs, with all that draws random numbers."""
    recipe = replace(EVERYTHING, batch_size=8)
    whole, parts = TrainingFolder(tmp_path / "whole"), TrainingFolder(tmp_path / "parts")
    expected = train(family, numbers, data, recipe, whole)
    stops = 0
    while True:
        steps = iter([False] * (4 + stops % 3))
        try:
            resumed = train(family, numbers, data, recipe, parts, stop=lambda: next(steps, True))  # noqa: B023
        except Stopped:
            stops += 1
        else:
            break
    assert resumed.resumed == stops > 0
    assert [row.loss for row in resumed.curve] == [row.loss for row in expected.curve]
    assert resumed.records_seen == expected.records_seen
    assert_same_weights(whole, parts)


def test_the_score_is_fold_nines_from_the_last_epoch(store, data, tmp_path):
    folder = TrainingFolder(tmp_path)
    recipe = Recipe(epochs=2)
    trained = train("resnet", NUMBERS, data, recipe, folder)
    kept = folder.load_network()
    network = build("resnet", NUMBERS, leads=12, length=store.length, classes=26)
    network.load_state_dict(kept.tensors)
    again = score_answers(answers(network, data, store.rows([9]), recipe), np.array(kept.state["thresholds"]), data)
    assert again.overall == trained.scores.overall
    assert trained.curve[-1].balanced_accuracy == trained.scores.overall["balanced_accuracy"]
    low, high = trained.intervals["balanced_accuracy"]
    assert low <= trained.scores.overall["balanced_accuracy"] <= high


def test_the_average_is_what_is_scored_and_kept(data, tmp_path):
    folders = TrainingFolder(tmp_path / "plain"), TrainingFolder(tmp_path / "average")
    plain, averaged = (
        train("resnet", NUMBERS, data, Recipe(epochs=2, ema=ema), folder)
        for ema, folder in zip((0.0, 0.99), folders, strict=True)
    )
    assert [row.loss for row in plain.curve] == [row.loss for row in averaged.curve]  # training itself is the same
    assert plain.scores.overall != averaged.scores.overall
    assert not torch.equal(head_of(folders[0]), head_of(folders[1]))


def test_networks_that_see_a_crop_are_trained_on_crops(data, tmp_path):
    """A head that sees every sample has as many weights as the crop asks for."""
    folder = TrainingFolder(tmp_path)
    train("resnet", {**NUMBERS, "pooling": "none"}, data, Recipe(epochs=1, crop=300), folder)
    train("resnet", {**NUMBERS, "pooling": "none"}, data, Recipe(epochs=1), TrainingFolder(tmp_path / "whole"))
    assert head_of(folder).shape[1] < head_of(TrainingFolder(tmp_path / "whole")).shape[1]


def test_what_belongs_to_a_network_is_kept_with_it(store, data, tmp_path):
    folder = TrainingFolder(tmp_path)
    train("resnet", NUMBERS, data, Recipe(epochs=1), folder)
    state = folder.load_network().state
    assert state["labels"] == store.vocabulary.names
    assert state["numbers"] == NUMBERS
    assert state["preprocessing"] == store.manifest["preprocessing"]
    assert state["recipe"]["optimizer"] == "adamw"
    assert len(state["thresholds"]) == 26


def test_a_result_that_was_not_written_down_needs_no_second_training(data, tmp_path):
    folder = TrainingFolder(tmp_path)
    first = train("resnet", NUMBERS, data, Recipe(epochs=1), folder)
    rows = []
    again = train("resnet", NUMBERS, data, Recipe(epochs=1), folder, on_epoch=rows.append)
    assert rows == []
    assert again.scores.overall == first.scores.overall


def test_a_checkpoint_cut_short_is_no_checkpoint(data, tmp_path):
    folder = TrainingFolder(tmp_path)
    with pytest.raises(Interrupted):
        train("resnet", NUMBERS, data, Recipe(epochs=2), folder, on_epoch=interrupt_after(1))
    (tensors,) = tmp_path.glob("checkpoint-*.safetensors")
    tensors.write_bytes(tensors.read_bytes()[:1000])
    assert train("resnet", NUMBERS, data, Recipe(epochs=2), folder).resumed == 0


def test_batches_in_parts_have_the_whole_batchs_gradient(data):
    """Without batch norm nothing but rounding tells the parts from the whole."""
    from models.training.losses import Criterion
    from models.training.step import Step

    batch, labels = next(data.batches([data.split.train[:32]]))
    signals = batch.crops(torch.zeros(32, dtype=int), 1000)
    for loss in Loss:
        gradients = []
        for parts in (1, 4):
            torch.manual_seed(0)
            network = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12_000, 26))
            step = Step(
                network,
                torch.optim.SGD(network.parameters(), lr=0.1),
                Criterion.of(loss, labels),
                precision=Precision.FP32,
                clip=1e9,
                parts=parts,
            )
            step(signals, labels, 0.0)
            gradients.append(network[1].weight.grad)
        torch.testing.assert_close(*gradients, rtol=1e-4, atol=1e-6)


def test_a_loss_that_is_not_finite_ends_the_training_with_its_reason(data, tmp_path):
    recipe = Recipe(epochs=3, lr=1e30, optimizer=Optimizer.SGD, clip=1e30)
    with pytest.raises(Diverged, match=r"the loss became (nan|inf) in epoch \d at a learning rate of 1e\+30"):
        train("resnet", NUMBERS, data, recipe, TrainingFolder(tmp_path))


def test_a_loss_that_explodes_ends_the_training_with_its_reason(data, tmp_path):
    recipe = Recipe(epochs=20, lr=3e3, optimizer=Optimizer.SGD, clip=1e9, warm_up=0, weight_decay=0)
    with pytest.raises(Diverged, match=r"the loss became [\d.e+]+ in epoch") as caught:
        train("resnet", NUMBERS, data, recipe, TrainingFolder(tmp_path))
    assert math.isfinite(float(str(caught.value).split()[3]))


def test_a_store_cut_short_while_it_streams_ends_the_training_with_its_reason(store, tmp_path):
    import os
    import shutil

    from ecg.store import RecordStore
    from models.training.signals import SignalFile, StreamedSignals

    shutil.copytree(store.path, tmp_path / "store")
    copied = RecordStore.open(tmp_path / "store")
    data = TrainingData(copied, Split.of(copied))
    data.signals = StreamedSignals(SignalFile(copied), data.device)
    folder = TrainingFolder(tmp_path / "training")

    def cut(row):
        os.truncate(copied.signals_path, 1000)

    with pytest.raises(SignalsLost, match="cut short"):
        train("resnet", NUMBERS, data, Recipe(epochs=3), folder, on_epoch=cut)
    assert len(folder.load_checkpoint().state["progress"]["curve"]) == 1  # what was done is kept


def test_streamed_signals_train_the_same_network(store, data, tmp_path):
    from models.training.signals import SignalFile, StreamedSignals

    streamed = TrainingData(store, Split.of(store))
    streamed.signals = StreamedSignals(SignalFile(store), data.device)
    folders = TrainingFolder(tmp_path / "resident"), TrainingFolder(tmp_path / "streamed")
    for reader, folder in zip((data, streamed), folders, strict=True):
        train("resnet", NUMBERS, reader, Recipe(epochs=2), folder)
    assert_same_weights(*folders)


def test_a_full_disk_ends_the_training_with_its_reason(data, tmp_path):
    folder = TrainingFolder(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill_up(row):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))

    try:
        with pytest.raises(CheckpointFailed, match="cannot write to"):
            train("resnet", NUMBERS, data, Recipe(epochs=3), folder, on_epoch=fill_up)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert len(folder.load_checkpoint().state["progress"]["curve"]) == 1


_SHORT_OF_MEMORY = """
import resource, sys
from pathlib import Path
import torch
from ecg.store import RecordStore
from models.training.checkpoint import TrainingFolder
from models.training.data import Split, TrainingData
from models.training.loop import train
from models.training.recipe import Recipe

torch.set_num_threads(1)
store = RecordStore.open(Path(sys.argv[1]))
data = TrainingData(store, Split.of(store))
numbers = {"stages": 1, "depth": 4, "width": 128}
train("resnet", numbers, data, Recipe(epochs=1, batch_size=4), TrainingFolder(Path(sys.argv[2]) / "warm"))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[3]) * 2**20,) * 2)
try:
    trained = train("resnet", numbers, data, Recipe(epochs=2, batch_size=80), TrainingFolder(Path(sys.argv[2])))
except Exception as error:
    print(type(error).__name__, error)
else:
    print("parts", trained.parts, "epochs", len(trained.curve))
"""


@pytest.mark.parametrize(
    ("room_mb", "said"),
    [(2000, "parts 1 epochs 2"), (130, "parts 4 epochs 2"), (1, "OutOfMemory a batch of 80 needs more memory")],
)
def test_memory_that_is_short_is_met_with_smaller_parts(store, tmp_path, room_mb, said):
    """The system grants a process a little more memory than it has, then no more."""
    command = [sys.executable, "-c", _SHORT_OF_MEMORY, str(store.path), str(tmp_path), str(room_mb)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert said in done.stdout, done.stdout + done.stderr
