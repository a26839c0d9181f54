import subprocess
import sys
import weakref

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from models import complexity, list_families
from models.build import build
from models.errors import ImpossibleNetwork
from models.registry import number_names


def _assert_agreement(family, numbers, length, classes):
    """Arithmetic says what torch's counter says of the built network."""
    counted = complexity(family, numbers, leads=12, length=length, classes=classes)
    with torch.device("meta"):
        network = build(family, numbers, leads=12, length=length, classes=classes).eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        features = network.features(torch.empty(1, 12, 1, length, device="meta"))
        network.head(features)
    assert counted.params == sum(parameter.numel() for parameter in network.parameters())
    assert counted.flops == counter.get_total_flops()
    assert counted.width == features.shape[1]


@pytest.mark.parametrize("family", list_families())
def test_arithmetic_equals_the_built_network(family, draw):
    rng = np.random.default_rng(0)
    for _ in range(100):
        _assert_agreement(family, draw(family, rng), int(rng.integers(400, 2000)), int(rng.integers(2, 30)))


def test_arithmetic_equals_the_built_network_for_every_choice(architecture):
    for length, classes in ((400, 1), (501, 7), (1023, 26)):
        _assert_agreement(*architecture, length, classes)


SHAPES = [(1, 64), (12, 65), (3, 33), (2, 17)]


@pytest.mark.parametrize(("leads", "length"), SHAPES)
def test_what_can_be_counted_on_short_inputs_can_be_built_and_run(architecture, leads, length):
    family, numbers = architecture
    try:
        counted = complexity(family, numbers, leads=leads, length=length, classes=2)
    except ImpossibleNetwork:
        with pytest.raises(ImpossibleNetwork):
            build(family, numbers, leads=leads, length=length, classes=2)
        return
    network = build(family, numbers, leads=leads, length=length, classes=2).eval()
    with FlopCounterMode(display=False) as counter, torch.device("meta"), torch.no_grad():
        network.to("meta")(torch.empty(1, leads, length))
    assert counted.flops == counter.get_total_flops()


WEIRD: list[object] = [
    None,
    True,
    0,
    -1,
    10**9,
    10**400,
    1.5,
    float("nan"),
    float("inf"),
    "a",
    [],
    [1],
    [[1]],
    [2.5],
    {},
]


@pytest.mark.parametrize("family", list_families())
def test_whatever_a_number_is_there_is_a_count_or_a_sentence(family):
    for number in number_names(family):
        for value in WEIRD:
            try:
                counted = complexity(family, {number: value}, leads=12, length=1000, classes=5)
            except ImpossibleNetwork as refused:
                assert len(str(refused)) < 400
            else:
                assert 0 < counted.params <= 10**10, (number, value)


def test_numbers_of_other_kinds_are_taken_as_they_are_meant():
    def hash_of(**numbers):
        return complexity("resnet", numbers, leads=12, length=1000, classes=5).architecture

    assert hash_of(width=np.int64(16), depth=2.0) == hash_of(width=16, depth=2)


def test_activations_needed_backwards_are_those_that_autograd_saves(architecture):
    family, numbers = architecture
    network = build(family, numbers, leads=12, length=500, classes=5)
    per_record = _saved_elements(network, records=3) - _saved_elements(network, records=2)
    assert complexity(family, numbers, leads=12, length=500, classes=5).kept_activations == per_record


def _saved_elements(network, records):
    """Elements (of 4 bytes) of all that a forward pass saves, weights aside."""
    weights = {t.untyped_storage()._cdata for t in [*network.parameters(), *network.buffers()]}
    saved = {}

    def save(tensor):
        saved[tensor.untyped_storage()._cdata] = tensor
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        network(torch.randn(records, 12, 500))
    return sum(t.untyped_storage().nbytes() for key, t in saved.items() if key not in weights) / 4


def test_the_peak_is_what_lives_at_once_in_a_forward_pass(architecture):
    """The input is there twice, as it came and as channels-last; only the second is the network's."""
    family, numbers = architecture
    network = build(family, numbers, leads=12, length=500, classes=5).eval()
    signals = torch.randn(1, 12, 500)
    with torch.no_grad(), _Alive([signals, *network.parameters(), *network.buffers()]) as alive:
        network(signals)
    assert complexity(family, numbers, leads=12, length=500, classes=5).peak_activations == max(alive.seen)


class _Alive(TorchDispatchMode):
    """Elements (of 4 bytes) alive after each operation, but those of tensors that were there before."""

    def __init__(self, before):
        super().__init__()
        self.sizes = {tensor.untyped_storage()._cdata: 0 for tensor in before}
        self.seen = []

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        out = operation(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            storage = tensor.untyped_storage()
            if storage._cdata not in self.sizes:
                self.sizes[storage._cdata] = storage.nbytes() // 4
                weakref.finalize(storage, self.sizes.pop, storage._cdata)
        self.seen.append(sum(self.sizes.values()))
        return out


def test_activations_are_what_the_layers_put_out():
    """By hand, 16 samples, width 1: stem, norm, relu of 8, pool of 4; a block of 4 x 5, sum, relu; pool, head."""
    numbers = {"stages": 1, "depth": 1, "width": 1}
    assert complexity("resnet", numbers, leads=1, length=16, classes=3).activations == 8 * 3 + 4 + 4 * 7 + 1 + 3


def test_numbers_that_build_the_same_network_share_the_hash():
    def hash_of(family="resnet", **numbers):
        return complexity(family, numbers, leads=12, length=1000, classes=5).architecture

    assert hash_of() == hash_of(stages=4, depth=2, width=64, kernel=3) == hash_of("resnet18")
    assert hash_of(depths=[1, 1], widths=[8, 16]) == hash_of(stages=2, depth=1, width=8)
    assert hash_of(widths=[8, 16]) == hash_of(stages=2, width=8)
    assert hash_of("regnet", w_0=16, stem_width=32) == hash_of("regnet", w_0=32, stem_width=32)
    assert hash_of("regnet", w_m=2) == hash_of("regnet", w_m=2.0)
    others = [{"kernel": 5}, {"width": 32}, {"depth": 1}, {"stages": 3}, {"groups": 2}, {"pooling": "max"}]
    assert len({hash_of(), *(hash_of(**numbers) for numbers in others)}) == 7
    assert hash_of("ecoscale", dropout=0.1) != hash_of("ecoscale", dropout=0.2)


def test_attention_sees_the_whole_input():
    counted = complexity("vit", {}, leads=12, length=1000, classes=5)
    assert (counted.receptive_field, counted.stride) == (1000, 20)


@pytest.mark.parametrize(
    ("family", "numbers", "message"),
    [
        ("restnet", {}, "no family 'restnet'; known: convnext, .* did you mean resnet"),
        ("resnet", {"widht": 8}, "resnet has no number 'widht'; known: .*did you mean width"),
        ("resnet", {"width": 0, "depth": 1.5}, "from 1 to 1000, but got depth=1.5; .* at least 1, but got width=0"),
        ("resnet", {"depth": True}, "but got depth=true"),
        ("resnet", {"depths": [2, 2], "stages": 3}, "depths takes the place of stages and depth, but got stages too"),
        ("resnet", {"depths": 2}, "lists must hold 1 to 32 whole numbers from 1 to 1000, but got depths=2"),
        ("resnet", {"widths": [8, 16], "stages": 3}, "got widths=.8, 16. for 3 stages"),
        (
            "resnet",
            {"block": "wide", "pooling": None},
            'one of basic, bottleneck, but got block="wide"; .* pooling=null',
        ),
        ("resnet", {"groups": 3}, "3 groups were given for 64 -> 64 channels"),
        ("resnet", {"group_width": 4}, "group_width=4 needs block=bottleneck"),
        ("convnext", {"kernel": 4}, "kernels must be odd .* kernel=4"),
        ("convnext", {"stem_kernel": 2000, "stem_padding": 0}, "kernel of 2000 does not fit a signal of 1000 samples"),
        ("convnext", {"stem_stride": 2000, "stages": 2}, "does not fit a signal of 1 samples"),
        ("convnext", {"stochastic_depth": 1.0}, "between 0 and 0.99, but got stochastic_depth=1"),
        ("densenet", {"compression": 0}, "between 0.01 and 1, but got compression=0"),
        ("ecoscale", {"width": 9}, "widths must be even, .* but got 9"),
        ("ecoscale", {"kernel_caps": [3] * 4, "scale": 9}, "kernel_caps takes the place of scale, but got scale too"),
        ("ecoscale", {"kernel_caps": [3]}, "must name a cap for each of 4 stages, but got .3."),
        ("oscnn", {"cap": 1024}, "layer 1 has zero channels: .* lower the cap of 1021 or raise the budget"),
        ("oscnn", {"residual": 1}, "choose true or false, but got residual=1"),
        ("regnet", {"w_m": 1.0}, "between 1.01 and 100, but got w_m=1"),
        ("regnet", {"se_ratio": "none"}, 'but got se_ratio="none"'),
        ("vit", {"heads": 5}, "heads must divide the width, but 5 heads were given for a width of 192"),
        ("vit", {"patch": 1001}, "a patch must fit the signal, but got patch=1001 for 1000 samples"),
    ],
)
def test_impossible_numbers_are_refused_with_rule_and_values(family, numbers, message):
    with pytest.raises(ImpossibleNetwork, match=message):
        complexity(family, numbers, leads=12, length=1000, classes=5)


@pytest.mark.parametrize("shape", [(0, 1000, 5), (12, 0, 5), (12, 1000, 0), (12, 10**10, 5)])
def test_an_input_without_samples_or_an_output_without_classes_is_refused(shape):
    leads, length, classes = shape
    with pytest.raises(ImpossibleNetwork, match="at least 1, but got"):
        complexity("resnet", {}, leads=leads, length=length, classes=classes)


def test_a_network_that_no_machine_could_hold_is_refused():
    with pytest.raises(ImpossibleNetwork, match=r"parameters cannot be trained here; the limit is 1e\+10"):
        complexity("resnet", {"stages": 14}, leads=12, length=10**6, classes=5)


def test_a_network_too_deep_for_its_input_is_refused():
    with pytest.raises(ImpossibleNetwork, match="does not fit a signal"):
        complexity("convnext", {"stages": 9}, leads=12, length=100, classes=5)


def test_counting_imports_no_torch():
    code = (
        "import sys; from models import complexity, list_families\n"
        "for name in list_families(): complexity(name, {}, leads=12, length=1000, classes=5)\n"
        "sys.exit(bool({'torch', 'optuna', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
