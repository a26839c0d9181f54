import pytest
import torch

from models.errors import OutOfMemory
from models.training import probe
from models.training.probe import propose
from models.training.recipe import Precision

NUMBERS = {"stages": 2, "depth": 1, "width": 4}
SHAPE = {"leads": 12, "length": 200, "classes": 3}
CPU = torch.device("cpu")


def test_the_probe_tries_this_machine():
    found = propose("resnet", NUMBERS, SHAPE, largest_batch=64, device=CPU)
    assert found.batch_size in (32, 64)
    assert found.precision in Precision
    assert found.speed > 0


@pytest.mark.parametrize(
    ("gain_of_bf16", "gain_per_doubling", "largest", "expected"),
    [
        (2.0, 1.5, 256, (Precision.BF16, 256)),
        (2.0, 1.5, 100, (Precision.BF16, 64)),
        (1.05, 1.05, 1024, (Precision.FP32, 32)),
        (1.0, 2.0, 10**6, (Precision.FP32, 1024)),
        (0.5, 1.2, 8, (Precision.FP32, 32)),
    ],
)
def test_a_change_must_gain_a_tenth(monkeypatch, gain_of_bf16, gain_per_doubling, largest, expected):
    def speed(network, shape, recipe, device):
        doublings = (recipe.batch_size // 32).bit_length() - 1
        return 100 * (gain_of_bf16 if recipe.precision is Precision.BF16 else 1) * gain_per_doubling**doublings

    monkeypatch.setattr(probe, "_measure", speed)
    monkeypatch.setattr(probe, "has_bf16", lambda: True)
    found = propose("resnet", NUMBERS, SHAPE, largest_batch=largest, device=CPU)
    assert (found.precision, found.batch_size) == expected


def test_a_batch_that_memory_cannot_hold_is_not_proposed(monkeypatch):
    def speed(network, shape, recipe, device):
        if recipe.batch_size > 64:
            raise MemoryError
        return float(recipe.batch_size)

    monkeypatch.setattr(probe, "_measure", speed)
    assert propose("resnet", NUMBERS, SHAPE, largest_batch=512, device=CPU).batch_size == 64


def test_a_network_that_fits_in_no_batch_is_said(monkeypatch):
    def speed(network, shape, recipe, device):
        raise MemoryError

    monkeypatch.setattr(probe, "_measure", speed)
    with pytest.raises(OutOfMemory, match="do not fit into memory with batches of 32; give --batch-size"):
        propose("resnet", NUMBERS, SHAPE, largest_batch=512, device=CPU)
