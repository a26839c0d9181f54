import pytest
import torch

from models.training.data import Split, TrainingData


@pytest.fixture(scope="session")
def data(store):
    """The synthetic store on the CPU, split by the fold rule."""
    return TrainingData(store, Split.of(store), torch.device("cpu"))


@pytest.fixture
def one_thread():
    """Results are equal for the same number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
