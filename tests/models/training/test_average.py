import torch
from torch import nn

from models.training.average import WeightAverage


def test_the_average_follows_weights_and_statistics():
    """Known answer: a <- d a + (1 - d) w, with d = min(decay, (1 + step) / (10 + step))."""
    network = nn.BatchNorm1d(1)
    average = WeightAverage(network, decay=0.5)
    expected = 1.0
    for step in range(20):
        with torch.no_grad():
            network.weight.fill_(float(step))
            network.running_mean.fill_(float(step))
            network.num_batches_tracked += 1
        average.update(step)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * step
    assert average.network.weight.item() == torch.tensor(expected).item()
    assert abs(average.network.running_mean.item() - 18) < 1
    assert average.network.num_batches_tracked.item() == 20


def test_the_average_is_a_network_of_its_own_without_gradients():
    network = nn.Linear(2, 2)
    average = WeightAverage(network, decay=0.9)
    assert not any(weight.requires_grad for weight in average.network.parameters())
    assert all(weight.requires_grad for weight in network.parameters())
    network.weight.data.zero_()
    assert average.network.weight.any()
