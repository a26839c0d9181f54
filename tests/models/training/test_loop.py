import numpy as np
import pytest
import torch

from models.errors import ImpossibleNetwork, TrainingFailed
from models.training.checkpoint import TrainingFolder
from models.training.data import Split, shuffled_batches
from models.training.evaluation import score_rows
from models.training.loop import train
from models.training.recipe import Optimizer, Precision, Recipe

NUMBERS = {"stages": 2, "depth": 1, "width": 8, "kernel": 5}


@pytest.fixture(autouse=True)
def one_thread():
    """Results are equal for the same number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Interrupted(Exception):
    pass


def interrupt_after(epoch):
    def on_epoch(row):
        if row.epoch == epoch:
            raise Interrupted

    return on_epoch


def weights(folder):
    return folder.load_network()["network"]


@pytest.mark.parametrize("optimizer", list(Optimizer))
def test_loss_falls_with_every_optimizer(store, tmp_path, optimizer):
    recipe = Recipe(epochs=3, lr=0.01, optimizer=optimizer)
    curve = train("resnet", NUMBERS, store, recipe, TrainingFolder(tmp_path)).curve
    assert curve[-1].loss < curve[0].loss


@pytest.mark.parametrize("precision", list(Precision))
def test_same_seed_same_result(store, tmp_path, precision):
    recipe = Recipe(epochs=2, precision=precision, seed=3)
    folders = [TrainingFolder(tmp_path / name) for name in ("a", "b")]
    one, other = (train("convnext", NUMBERS, store, recipe, folder) for folder in folders)
    assert one.scores.overall == other.scores.overall
    for key, value in weights(folders[0]).items():
        assert torch.equal(value, weights(folders[1])[key])


@pytest.mark.parametrize("epoch", [1, 2])
def test_an_interrupted_training_goes_on_bit_for_bit(store, tmp_path, epoch):
    recipe = Recipe(epochs=3)
    whole, parts = TrainingFolder(tmp_path / "whole"), TrainingFolder(tmp_path / "parts")
    expected = train("resnet", NUMBERS, store, recipe, whole)
    with pytest.raises(Interrupted):
        train("resnet", NUMBERS, store, recipe, parts, on_epoch=interrupt_after(epoch))
    rows = []
    resumed = train("resnet", NUMBERS, store, recipe, parts, on_epoch=rows.append)
    assert [row.epoch for row in rows] == list(range(epoch + 1, 4))
    assert (resumed.resumed, expected.resumed) == (1, 0)
    assert resumed.records_seen == expected.records_seen
    for key, value in weights(whole).items():
        assert torch.equal(value, weights(parts)[key])


def test_the_score_is_fold_nines_from_the_last_epoch(store, tmp_path):
    from models.build import build

    folder = TrainingFolder(tmp_path)
    trained = train("resnet", NUMBERS, store, Recipe(epochs=2), folder)
    kept = folder.load_network()
    network = build("resnet", NUMBERS, leads=12, length=store.length, classes=26)
    network.load_state_dict(kept["network"])
    again = score_rows(network, store, store.rows([9]), np.array(kept["thresholds"]), Precision.FP32)
    assert again.overall == trained.scores.overall
    assert trained.curve[-1].balanced_accuracy == trained.scores.overall["balanced_accuracy"]


def test_fold_ten_is_not_read_while_training(store, tmp_path, monkeypatch):
    """Neither its signals nor its labels."""
    from models.training import data, evaluation, loop

    read = set()

    class Watched(np.ndarray):
        def __getitem__(self, rows):
            read.update(np.atleast_1d(rows).tolist())
            return np.asarray(self)[rows]

    def watched_signals(opened, rows):
        read.update(rows.tolist())
        return data.signals_of(opened, rows)

    split = Split.of(store)
    monkeypatch.setattr(loop.Split, "of", lambda opened: split)
    monkeypatch.setattr(loop, "signals_of", watched_signals)
    monkeypatch.setattr(evaluation, "signals_of", watched_signals)
    monkeypatch.setitem(store.__dict__, "labels", store.labels.view(Watched))
    train("resnet", NUMBERS, store, Recipe(epochs=1), TrainingFolder(tmp_path))
    assert set(split.score.tolist()) <= read
    assert not read & set(split.test.tolist())


def test_a_result_that_was_not_written_down_needs_no_second_training(store, tmp_path):
    folder = TrainingFolder(tmp_path)
    first = train("resnet", NUMBERS, store, Recipe(epochs=1), folder)
    rows = []
    again = train("resnet", NUMBERS, store, Recipe(epochs=1), folder, on_epoch=rows.append)
    assert rows == []
    assert again.scores.overall == first.scores.overall
    folder.drop_checkpoint()
    assert [path.name for path in tmp_path.iterdir()] == ["network.pt"]


def test_a_loss_that_is_not_finite_ends_the_training_with_its_reason(store, tmp_path):
    recipe = Recipe(epochs=3, lr=1e30, optimizer=Optimizer.SGD, clip=1e30)
    with pytest.raises(TrainingFailed, match=r"the loss became (nan|inf) in epoch \d at a learning rate of 1e\+30"):
        train("resnet", NUMBERS, store, recipe, TrainingFolder(tmp_path))


def test_batches_cover_every_row_once_in_an_order_of_seed_and_epoch():
    rows = np.arange(100, 196)
    batches = shuffled_batches(rows, 32, seed=1, epoch=1)
    assert sorted(np.concatenate(batches)) == rows.tolist()
    assert all((np.diff(batch) > 0).all() for batch in batches)
    again, other = (np.concatenate(shuffled_batches(rows, 32, seed=1, epoch=epoch)) for epoch in (1, 2))
    np.testing.assert_array_equal(np.concatenate(batches), again)
    assert not np.array_equal(again, other)


def test_the_learning_rate_warms_up_and_decays_to_nearly_nothing():
    recipe = Recipe(lr=0.1)
    rates = [recipe.learning_rate(step, 100) for step in range(100)]
    assert rates[0] == pytest.approx(0.01)
    assert max(rates) == pytest.approx(0.1)
    assert rates.index(max(rates)) == 9
    assert rates[-1] < 1e-3


def test_an_impossible_recipe_is_refused_with_its_values():
    with pytest.raises(ImpossibleNetwork, match="but got epochs=0, batch_size=32, lr=-1"):
        Recipe(epochs=0, lr=-1)


def test_a_checkpoint_cut_short_is_no_checkpoint(store, tmp_path):
    folder = TrainingFolder(tmp_path)
    with pytest.raises(Interrupted):
        train("resnet", NUMBERS, store, Recipe(epochs=2), folder, on_epoch=interrupt_after(1))
    checkpoint = tmp_path / "checkpoint.pt"
    checkpoint.write_bytes(checkpoint.read_bytes()[:1000])
    assert folder.load_checkpoint() is None
    assert train("resnet", NUMBERS, store, Recipe(epochs=2), folder).resumed == 0
