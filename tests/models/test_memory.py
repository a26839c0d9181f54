import os
import subprocess
import sys
import weakref

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from models import complexity, list_families
from models.build import build
from models.memory import training_memory
from models.registry import number_names
from models.training.recipe import Optimizer, Precision

STEPS = """
import sys, torch
from models.build import build
family, precision, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])

def peak():
    return 1024 * int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])

def train(numbers, batch, steps):
    network = build(family, numbers, leads=12, length=1000, classes=26)
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    for _ in range(steps):
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            logits = network(torch.randn(batch, 12, 1000))
        logits.float().square().sum().backward()
        optimizer.step()

train({"width": 8, "depth": 1, **({"heads": 1} if family == "vit" else {})}, 2, 1)  # what torch itself takes
before = peak()
train({}, batch, 2)
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process's peak from /proc")
@pytest.mark.parametrize(("family", "precision"), [("resnet", "fp32"), ("convnext", "bf16")])
def test_the_estimate_is_near_the_peak_of_a_process(family, precision):
    """Its C library gives freed memory back at once here; by default it may hold half as much again."""
    batch = 64
    done = subprocess.run(
        [sys.executable, "-c", STEPS, family, precision, str(batch)],
        env=os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536", "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    )
    counted = complexity(family, {}, leads=12, length=1000, classes=26)
    estimate = training_memory(counted, batch_size=batch, precision=Precision(precision))
    assert estimate == pytest.approx(int(done.stdout), rel=0.25)


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("family", list_families())
def test_the_estimate_is_near_the_peak_of_tensors(family, precision):
    """Of a second step, when the optimizer has its states."""
    numbers = {"depth": 3} if "depth" in number_names(family) else {}
    counted = complexity(family, numbers, leads=12, length=500, classes=26)
    network = build(family, numbers, leads=12, length=500, classes=26)
    optimizer = torch.optim.AdamW(network.parameters(), fused=True)
    for _ in range(2):
        optimizer.zero_grad(set_to_none=True)
        alive = _Alive()
        with alive, torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision is Precision.BF16):
            loss = network(torch.randn(8, 12, 500)).float().square().sum()
        with alive:
            loss.backward()
        optimizer.step()
    lasting = 4 * 3 * counted.params  # weights and states were there before
    estimate = training_memory(counted, batch_size=8, precision=precision)
    assert estimate == pytest.approx(alive.peak + lasting, rel=0.25)


class _Alive(TorchDispatchMode):
    """Bytes alive at once of what is made while it is entered."""

    def __init__(self):
        super().__init__()
        self.sizes, self.now, self.peak = {}, 0, 0

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        for tensor in tree_leaves((args, kwargs)):
            if isinstance(tensor, torch.Tensor):
                self.sizes.setdefault(tensor.untyped_storage()._cdata, 0)
        out = operation(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor) and tensor.untyped_storage()._cdata not in self.sizes:
                self._add(tensor.untyped_storage())
        self.peak = max(self.peak, self.now)
        return out

    def _add(self, storage):
        self.sizes[storage._cdata] = storage.nbytes()
        self.now += storage.nbytes()
        weakref.finalize(storage, self._remove, storage._cdata)

    def _remove(self, key):
        self.now -= self.sizes.pop(key)


def test_states_and_precision_count_as_they_should():
    counted = complexity("resnet", {}, leads=12, length=1000, classes=26)

    def memory(**chosen):
        return training_memory(counted, batch_size=32, **chosen)

    assert memory() - memory(optimizer=Optimizer.SGD_MOMENTUM) == 4 * counted.params
    assert memory() - memory(optimizer=Optimizer.SGD) == 8 * counted.params
    half = memory(precision=Precision.BF16) - 16 * counted.params
    assert memory() - 16 * counted.params == 2 * half
