import subprocess
import sys

import pytest
import torch

from models import list_families
from models.build import build

SMALL = {"stages": 2, "depth": 1, "width": 8, "kernel": 15}


@pytest.mark.parametrize("family", list_families())
def test_weights_depend_on_the_seed_and_leave_global_randomness_alone(family):
    def weights(seed):
        return torch.cat([p.flatten() for p in build(family, SMALL, leads=12, classes=5, seed=seed).parameters()])

    before = torch.random.get_rng_state()
    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize("family", list_families())
def test_records_in_logits_out_and_every_weight_learns(family):
    network = build(family, SMALL, leads=12, classes=5)
    logits = network(torch.randn(3, 12, 500))
    assert logits.shape == (3, 5)
    logits.square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in network.parameters())


STEPS = """
import sys, torch
from models.build import build
family, precision, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
for width, kernel, batch in [(4, 3, 32), (8, 5, 11), (12, 3, 32), (16, 15, 32), (24, 31, 3), (32, 31, 5), (40, 31, 32)]:
    network = build(family, {"stages": 2, "depth": 1, "width": width, "kernel": kernel}, leads=12, classes=5)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        logits = network(torch.randn(batch, 12, 1000))
    logits.float().sum().backward()
"""


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("family", list_families())
def test_a_training_step_returns_whatever_the_width_batch_and_threads(family, precision, threads):
    """Some of oneDNN's kernels hang or corrupt memory, so each combination has a process of its own."""
    command = [sys.executable, "-c", STEPS, family, precision, str(threads)]
    assert subprocess.run(command, timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("family", list_families())
def test_receptive_field_equals_the_extent_of_gradients(family):
    """Positive weights, no normalisation, one sample of the last feature map: which inputs does it see?"""
    from models.complexity import complexity

    numbers = SMALL | {"kernel": 5}
    field = complexity(family, numbers, leads=1, length=1000, classes=2).receptive_field
    network = build(family, numbers, leads=1, classes=2).double().eval()
    for parameter in network.parameters():
        parameter.data.abs_().add_(0.01)
    pool = next(i for i, layer in enumerate(network.body) if isinstance(layer, torch.nn.AdaptiveAvgPool2d))
    signal = torch.rand(1, 1, 1, 4 * field, dtype=torch.double, requires_grad=True)
    out = _without_normalisation(network.body[:pool])(signal)
    out[..., out.shape[-1] // 2].sum().backward()
    seen = signal.grad.flatten().nonzero().flatten()
    assert int(seen.max() - seen.min()) + 1 == field


def _without_normalisation(module):
    """No normalisation or activation; the mean instead of the maximum, whose gradient is one sample's alone."""
    for name, child in module.named_children():
        if isinstance(child, torch.nn.LayerNorm | torch.nn.GELU | torch.nn.ReLU | torch.nn.BatchNorm2d):
            setattr(module, name, torch.nn.Identity())
        elif isinstance(child, torch.nn.MaxPool2d):
            setattr(module, name, torch.nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
        else:
            _without_normalisation(child)
    return module
