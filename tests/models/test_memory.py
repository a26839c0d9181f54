import os
import subprocess
import sys

import pytest

from models import complexity
from models.memory import training_memory
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
@pytest.mark.parametrize(
    ("family", "precision"), [("resnet", "fp32"), ("resnet", "bf16"), ("convnext", "fp32"), ("vit", "fp32")]
)
def test_the_estimate_is_near_the_real_peak(family, precision):
    """Of a process whose C library gives freed memory back at once; by default it may hold half as much again."""
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


def test_states_and_precision_count_as_they_should():
    counted = complexity("resnet", {}, leads=12, length=1000, classes=26)

    def memory(**chosen):
        return training_memory(counted, batch_size=32, **chosen)

    assert memory() - memory(optimizer=Optimizer.SGD_MOMENTUM) == 4 * counted.params
    assert memory() - memory(optimizer=Optimizer.SGD) == 8 * counted.params
    half = memory(precision=Precision.BF16) - 16 * counted.params
    assert memory() - 16 * counted.params == 2 * half
