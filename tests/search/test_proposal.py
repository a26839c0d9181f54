import pytest

from models.memory import training_memory
from models.training.recipe import Precision
from search.draft import make_draft
from search.proposal import largest_batch, propose_for

PLENTY = 1e15


@pytest.fixture
def draft(config):
    params = {"family": "resnet", "resnet.stages": 2, "resnet.depth": 1, "resnet.width": 8, "resnet.kernel": 5}
    return make_draft(config, params)


@pytest.mark.parametrize(("records_seen", "batch"), [(700 * 10, 32), (100_000, 100), (17_000 * 20, 340)])
def test_a_training_keeps_a_thousand_steps(draft, records_seen, batch):
    assert largest_batch([draft], records_seen, PLENTY) == batch


def test_every_network_must_fit(draft):
    room = training_memory(draft.complexity, batch_size=100, precision=Precision.FP32)
    assert largest_batch([draft], 10**6, room) in range(50, 101)
    assert largest_batch([draft], 10**6, 1) == 32


def test_the_probe_runs_on_a_network_of_the_space(config):
    found = propose_for(config, training_records=90)
    assert found.batch_size == 32  # a small corpus keeps its steps
    assert found.speed > 0
