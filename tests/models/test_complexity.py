import csv
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from models import complexity, list_families
from models.build import build
from models.errors import ImpossibleNetwork
from search.space import default_space

PRESETS = {
    "resnet18": ("resnet", {"stages": 4, "depth": 2, "width": 64, "kernel": 3}),
    "convnext_pico": ("convnext", {"stages": 4, "depth": 2, "width": 48, "kernel": 7}),
    "convnext_mini": ("convnext", {"stages": 4, "depth": 2, "width": 96, "kernel": 7}),
}


def _rows(path):
    with path.open() as file:
        return {row["model"] + row.get("detail", ""): row for row in csv.DictReader(file)}


@pytest.mark.parametrize("preset", PRESETS)
def test_published_sizes(shared, preset):
    published = _rows(shared / "reference/architectures/presets.csv")[preset]
    family, numbers = PRESETS[preset]
    counted = complexity(family, numbers, leads=12, length=1024, classes=26)
    assert (counted.params, counted.flops) == (int(published["params"]), int(published["flops"]))


@pytest.mark.parametrize("kernel", [3, 5, 7, 9, 15])
def test_published_receptive_fields(shared, kernel):
    detail = "body kernel 3 stem 7/2 pool 3/2" if kernel == 3 else f"body kernel {kernel}"
    published = _rows(shared / "reference/architectures/receptive_field.csv")[f"resnet18{detail}"]
    counted = complexity("resnet", {"kernel": kernel}, leads=12, length=1024, classes=26)
    assert counted.receptive_field == int(published["receptive_field"])
    assert counted.stride == int(published["stride"])


@pytest.mark.parametrize("family", list_families())
def test_arithmetic_equals_the_built_network(family):
    rng = np.random.default_rng(0)
    space = default_space([family])
    for _ in range(25):
        drawn = space.draw(rng)
        numbers = {key.split(".")[1]: value for key, value in drawn.items() if key.startswith(f"{family}.")}
        length, classes = int(rng.integers(400, 2000)), int(rng.integers(2, 30))
        counted = complexity(family, numbers, leads=12, length=length, classes=classes)
        network = build(family, numbers, leads=12, classes=classes).to("meta").eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            network(torch.empty(1, 12, length, device="meta"))
        assert counted.params == sum(parameter.numel() for parameter in network.parameters())
        assert counted.flops == counter.get_total_flops()


def test_numbers_that_build_the_same_network_share_the_hash():
    def hash_of(**numbers):
        return complexity("resnet", numbers, leads=12, length=1000, classes=5).architecture

    assert hash_of() == hash_of(stages=4, depth=2, width=64, kernel=3)
    assert len({hash_of(), hash_of(kernel=5), hash_of(width=32), hash_of(depth=1), hash_of(stages=3)}) == 5


@pytest.mark.parametrize(
    ("family", "numbers", "message"),
    [
        ("restnet", {}, "no family 'restnet'; known: convnext, resnet; did you mean resnet"),
        (
            "resnet",
            {"widht": 8},
            "resnet has no number 'widht'; known: stages, depth, width, kernel; did you mean width",
        ),
        ("resnet", {"width": 0, "depth": 1.5}, "at least 1, but got depth=1.5, width=0"),
        ("convnext", {"kernel": 4}, "kernels must be odd .* kernel=4"),
    ],
)
def test_impossible_numbers_are_refused_with_rule_and_values(family, numbers, message):
    with pytest.raises(ImpossibleNetwork, match=message):
        complexity(family, numbers, leads=12, length=1000, classes=5)


def test_a_network_that_no_machine_could_hold_is_refused():
    with pytest.raises(ImpossibleNetwork, match=r"parameters cannot be trained here; the limit is 1e\+10"):
        complexity("resnet", {"stages": 14}, leads=12, length=10**6, classes=5)


def test_a_network_too_deep_for_its_input_is_refused():
    with pytest.raises(ImpossibleNetwork, match="does not fit a signal"):
        complexity("convnext", {"stages": 9}, leads=12, length=100, classes=5)


def test_counting_imports_no_torch():
    code = (
        "import sys; from models import complexity; complexity('resnet', {}, leads=12, length=1000, classes=5);"
        "sys.exit(bool({'torch', 'optuna', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
