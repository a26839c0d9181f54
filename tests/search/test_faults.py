import pytest

from models.errors import CheckpointFailed, Diverged, ImpossibleNetwork, OutOfMemory, TrainingFailed
from models.training.faults import named_faults
from search.faults import cause_of
from storage.causes import Cause


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (Diverged("nan"), Cause.DIVERGED),
        (OutOfMemory("short"), Cause.OUT_OF_MEMORY),
        (MemoryError(), Cause.OUT_OF_MEMORY),
        (CheckpointFailed("full"), Cause.INTERRUPTED),
        (TrainingFailed("torch.compile does not work here"), Cause.INTERRUPTED),
        (OSError("gone"), Cause.INTERRUPTED),
        (ImpossibleNetwork("heads"), Cause.USER_ERROR),
        (TypeError("a plugin's"), Cause.USER_ERROR),
    ],
)
def test_what_a_trial_failed_of_is_told_apart(error, cause):
    assert cause_of(error) is cause


def test_a_device_that_is_out_of_order_is_no_fault_of_the_network():
    with pytest.raises(TrainingFailed, match="the device is out of order: CUDA error") as raised, named_faults():
        raise RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA")
    assert cause_of(raised.value) is Cause.INTERRUPTED
