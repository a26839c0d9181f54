import numpy as np
import torch

from models.training import evaluation
from models.training.recipe import Precision


class FirstSample(torch.nn.Module):
    """Logits are the first sample of the first leads: an answer that can be computed by hand."""

    def __init__(self, classes):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(classes))

    def forward(self, signals):
        return signals[:, 0, : len(self.scale)] * self.scale


def test_windows_of_a_record_are_averaged(store, monkeypatch):
    records = store.records.copy()
    records.loc[1, ["record", "source"]] = records.loc[0, ["record", "source"]]
    monkeypatch.setitem(store.__dict__, "records", records)
    rows = np.array([0, 1, 2])
    network = FirstSample(26)
    single = evaluation.probabilities(network, store, rows, Precision.FP32)
    labels, pooled = evaluation._per_record(store, rows, single)
    assert len(labels) == len(pooled) == 2
    both = single[:2].mean(axis=0)
    assert any(np.allclose(row, both) for row in pooled)


def test_probabilities_do_not_depend_on_how_rows_are_batched(store, monkeypatch):
    rows = np.arange(50)
    network = FirstSample(26)
    whole = evaluation.probabilities(network, store, rows, Precision.FP32)
    monkeypatch.setattr(evaluation, "_BATCH", 7)
    np.testing.assert_allclose(whole, evaluation.probabilities(network, store, rows, Precision.FP32), atol=1e-6)


def test_the_network_is_left_in_evaluation_mode_and_without_gradients(store):
    network = FirstSample(26).train()
    evaluation.probabilities(network, store, np.arange(3), Precision.FP32)
    assert not network.training
    assert network.scale.grad is None
