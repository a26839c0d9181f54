import subprocess
import sys

import pytest
import torch
from torch import nn

from models import complexity
from models.build import build
from models.modules import BranchDropout, ChannelScale, Gate


def test_weights_depend_on_the_seed_and_leave_global_randomness_alone(small):
    def weights(seed):
        network = build(*small, leads=12, length=500, classes=5, seed=seed)
        return torch.cat([parameter.flatten() for parameter in network.parameters()])

    before = torch.random.get_rng_state()
    assert torch.equal(weights(1), weights(1))
    assert not torch.equal(weights(1), weights(2))
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(("leads", "length", "classes"), [(12, 500, 5), (1, 333, 1), (8, 1024, 26)])
def test_records_in_logits_out_and_every_weight_learns(architecture, leads, length, classes):
    network = build(*architecture, leads=leads, length=length, classes=classes)
    logits = network(torch.randn(3, leads, length))
    assert logits.shape == (3, classes)
    logits.square().sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_torch_compiles_a_network_whole(small):
    """Without a break of the graph, in training and in evaluation."""
    network = build(*small, leads=12, length=250, classes=5)
    torch._dynamo.reset()
    compiled = torch.compile(network, fullgraph=True, backend="eager")
    signals = torch.randn(2, 12, 250)
    compiled(signals)
    network.eval()
    assert torch.allclose(compiled(signals), network(signals), atol=1e-5)


STEPS = """
import sys, torch
from models.build import build
precision, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
sizes = [(4, 3, 32), (8, 5, 11), (12, 3, 32), (16, 15, 32), (24, 31, 3), (32, 31, 5), (40, 31, 32)]
networks = [
    (family, {"stages": 2, "depth": 1, "width": width, "kernel": kernel}, batch)
    for family in ("resnet", "convnext") for width, kernel, batch in sizes
]
networks += [
    ("regnet", {"depth": 3, "stem_width": width, "w_0": width, "group_width": group, "se_ratio": .25}, batch)
    for width, group, batch in [(8, 1, 32), (16, 2, 11), (24, 4, 3), (32, 8, 32), (40, 16, 5), (64, 32, 32)]
]
networks += [
    ("densenet", {"stages": 2, "depth": 2, "growth": growth, "kernel": 15}, batch)
    for growth, batch in [(4, 32), (12, 5)]
]
networks += [("ecoscale", {"stages": 2, "depth": 1, "width": width}, batch) for width, batch in [(4, 32), (12, 5)]]
networks += [("oscnn", {"cap": cap}, batch) for cap, batch in [(7, 16), (41, 3)]]
networks += [("vit", {"width": width, "heads": 4, "depth": 2}, batch) for width, batch in [(16, 32), (96, 5)]]
for family, numbers, batch in networks:
    print(family, numbers, batch, flush=True)
    network = build(family, numbers, leads=12, length=500, classes=5)
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
        logits = network(torch.randn(batch, 12, 500))
    logits.float().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())
"""


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_a_training_step_returns_whatever_the_width_batch_and_threads(precision, threads):
    """Some of oneDNN's kernels hang or corrupt memory, so each combination has a process of its own."""
    command = [sys.executable, "-c", STEPS, precision, str(threads)]
    done = subprocess.run(command, timeout=300, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout.splitlines()[-1] + done.stderr


def test_the_receptive_field_is_the_extent_of_gradients(architecture):
    """Up to the last feature map, with positive weights, from the first to the last input sample it depends on."""
    family, numbers = architecture
    if family == "vit":
        pytest.skip("attention sees the whole input: tests/models/test_complexity.py")
    field = complexity(family, numbers, leads=2, length=600, classes=2).receptive_field
    length = max(4 * field, 600)
    counted = complexity(family, numbers, leads=2, length=length, classes=2)
    network = build(family, numbers, leads=2, length=length, classes=2).double().eval()
    for parameter in network.parameters():
        parameter.data.abs_().add_(0.01)
    signal = torch.rand(1, 2, 1, length, dtype=torch.double, requires_grad=True)
    features = _linear(network.features)(signal)
    features[..., features.shape[-1] // 2].sum().backward()
    seen = signal.grad.abs().sum((0, 1, 2)).nonzero().flatten()
    assert int(seen.max() - seen.min()) + 1 == counted.receptive_field == field


def _linear(module):
    """No activation, gate or layer norm; the mean instead of the maximum, whose gradient is one sample's alone."""
    for name, child in module.named_children():
        if isinstance(child, nn.LayerNorm | nn.GELU | nn.ReLU | Gate):
            setattr(module, name, nn.Identity())
        elif isinstance(child, nn.MaxPool2d):
            setattr(module, name, nn.AvgPool2d(child.kernel_size, child.stride, child.padding))
        else:
            _linear(child)
    return module


def _modules(network, kind):
    return [module for module in network.modules() if isinstance(module, kind)]


def test_stochastic_depth_leaves_branches_out_in_training_alone():
    drop = BranchDropout(0.25)
    torch.manual_seed(0)
    kept = drop(torch.ones(4000, 3, 1, 2))
    assert sorted(kept.unique().tolist()) == pytest.approx([0, 4 / 3])
    assert (kept == kept[:, :1, :, :1]).all()
    assert (kept[:, 0, 0, 0] == 0).float().mean() == pytest.approx(0.25, abs=0.03)
    assert torch.equal(drop.eval()(torch.ones(5, 3, 1, 2)), torch.ones(5, 3, 1, 2))


def test_stochastic_depth_grows_linearly_over_the_blocks():
    numbers = {"depths": [1, 2, 2], "stochastic_depth": 0.4}
    network = build("convnext", numbers, leads=12, length=500, classes=5)
    rates = [drop.rate for drop in _modules(network, BranchDropout)]
    assert rates == pytest.approx([0.1, 0.2, 0.3, 0.4])  # none at all in the first block


def test_layer_scale_starts_where_it_is_told():
    network = build("convnext", {"layer_scale": 0.5}, leads=12, length=500, classes=5)
    assert {float(scale.gamma.detach().min()) for scale in _modules(network, ChannelScale)} == {0.5}
    assert not _modules(build("convnext", {"layer_scale": None}, leads=12, length=500, classes=5), ChannelScale)


@pytest.mark.parametrize(
    ("family", "std_of"),
    [
        ("resnet", lambda out, fan_in, kernel: (2 / (out * kernel)) ** 0.5),
        ("regnet", lambda out, fan_in, kernel: (2 / (out * kernel)) ** 0.5),
        ("densenet", lambda out, fan_in, kernel: (2 / fan_in) ** 0.5),
        ("vit", lambda out, fan_in, kernel: (2 / (fan_in + out * kernel)) ** 0.5),
    ],
)
def test_weights_start_with_the_spread_of_the_paper(family, std_of):
    network = build(family, {}, leads=12, length=1000, classes=5)
    large = [conv for conv in _modules(network, nn.Conv2d) if conv.weight.numel() > 3000]
    assert large
    for conv in large:
        out, inputs, _, kernel = conv.weight.shape
        assert float(conv.weight.detach().std()) == pytest.approx(std_of(out, inputs * kernel, kernel), rel=0.1)


@pytest.mark.parametrize("step", [1, 2, 3])
def test_gradients_that_are_laid_out_anew_are_right(step):
    from models.modules import GlobalMean, PointwiseConv

    x = torch.randn(2, 3, 1, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(GlobalMean(), x)
    assert torch.autograd.gradcheck(PointwiseConv(3, 2, step, padding=1, groups=1, bias=True).double(), x)
    for made in (GlobalMean(), PointwiseConv(3, 2, step, padding=0, groups=1, bias=True).double()):
        (gradient,) = torch.autograd.grad(made(x).sum(), x)
        assert gradient.is_contiguous(memory_format=torch.channels_last)


def test_a_strided_convolution_of_one_sample_has_a_gradient_in_bf16():
    """torch's own is uninitialised memory on a CPU: this one agrees with fp32, however often it is computed."""
    from models.modules import StridedConv

    torch.manual_seed(0)
    conv = StridedConv(16, 16, (1, 7), stride=(1, 2), padding=(0, 3)).to(memory_format=torch.channels_last)
    x = torch.randn(32, 16, 1, 1).contiguous(memory_format=torch.channels_last)
    gradients = []
    for bf16 in (False, True, True, True):
        conv.weight.grad = None
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            out = conv(x)
        out.float().sum().backward()
        gradients.append(conv.weight.grad.clone())
    for found in gradients[1:]:
        torch.testing.assert_close(found, gradients[0], rtol=1e-2, atol=1e-2)
