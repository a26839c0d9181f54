"""Sizes that others published, all of them, to the unit."""

import csv
import json

import pytest

from models import complexity, family, list_presets
from models.errors import ImpossibleNetwork
from models.families.primes import LAST, kernels_up_to
from models.layers import Concatenation, Conv, Repeat, Residual, Sequence


@pytest.fixture
def published(shared):
    def rows(name):
        with (shared / "reference/architectures" / name).open() as file:
            return list(csv.DictReader(file))

    return rows


def test_presets(published):
    rows = published("presets.csv")
    assert len(rows) == 12
    for row in rows:
        counted = complexity(
            row["model"], {}, leads=int(row["leads"]), length=int(row["length"]), classes=int(row["classes"])
        )
        assert (counted.params, counted.flops) == (int(row["params"]), int(row["flops"])), row["model"]
    assert {row["model"] for row in rows} <= set(list_presets())


REGNET = ["depth", "stem_width", "w_0", "w_a", "w_m", "group_width", "bottleneck_multiplier", "se_ratio", "stem_kernel"]


def test_regnets(published):
    rows = published("regnet.csv")
    assert len(rows) == 40
    for row in rows:
        numbers = {name: json.loads(row[name] or "null") for name in REGNET}
        counted = complexity("regnet", numbers, leads=12, length=1024, classes=26)
        assert (counted.params, counted.flops) == (int(row["params"]), int(row["flops_1024"])), row
        assert (counted.stages, counted.width) == (int(row["stages"]), int(row["fc_features"])), row


BEST = {  # SOURCES 2: the best architectures, with depths, widths, params, FLOPs
    (18, 64, 64, 40, 2.0, 4, 2, None, 3): ([1, 2, 5, 9, 1], [64, 128, 256, 512, 1024], 14_676_378, 1_002_229_760),
    (11, 32, 128, 17, 2.6, 32, 4, 0.25, 15): ([5, 6], [128, 336], 8_241_446, 2_024_249_408),
    (11, 64, 88, 32, 2.6, 8, 2, 0.25, 3): ([2, 7, 2], [88, 232, 592], 5_082_720, 815_283_776),
}


@pytest.mark.parametrize("numbers", BEST)
def test_the_best_regnets(numbers):
    depths, widths, params, flops = BEST[numbers]
    counted = complexity("regnet", dict(zip(REGNET, numbers, strict=True)), leads=12, length=1024, classes=26)
    assert counted.details == {"depths": depths, "widths": widths}
    assert (counted.params, counted.flops) == (params, flops)


def test_ecoscale_nets(published):
    rows = published("ecoscale.csv")
    assert len(rows) == 6
    for row in rows:
        caps = [int(cap) for cap in row["kernel_caps"].split(";")]
        counted = complexity("ecoscale", {"kernel_caps": caps}, leads=12, length=4096, classes=6)
        assert (counted.params, counted.flops) == (int(row["params"]), int(row["flops"])), caps


@pytest.mark.parametrize(
    ("scale", "caps"),
    [
        (None, [128, 64, 32, 16]),
        (712, [89, 44, 22, 11]),
        (356, [44, 22, 11, 5]),
        (178, [22, 11, 5, 2]),
        (8, [1, 1, 1, 1]),
    ],
)
def test_the_cap_rule_of_ecoscale_nets_gives_the_published_caps(scale, caps):
    """A quarter of 4,096 samples by default, divided by the stages' strides of 8, 16, 32 and 64."""
    made = complexity("ecoscale", {"scale": scale}, leads=12, length=4096, classes=6)
    assert made.details["kernels"] == [list(kernels_up_to(cap)) for cap in caps]


RECEPTIVE_FIELDS = {
    "resnet18 body kernel 3 stem 7/2 pool 3/2": ("resnet18", {}),
    **{f"resnet18 body kernel {kernel}": ("resnet18", {"kernel": kernel}) for kernel in (5, 7, 9, 15)},
    **{
        "regnet depths {} stem kernel {}".format("-".join(map(str, depths)), numbers[-1]): (
            "regnet",
            dict(zip(REGNET, numbers, strict=True)),
        )
        for numbers, (depths, *_) in BEST.items()
    },
    "ecoscale backbone with kernel lists of 1": ("ecoscale", {"kernel_caps": [1, 1, 1, 1]}),
}


def test_receptive_fields(published):
    rows = published("receptive_field.csv")
    assert len(rows) == 9
    for row in rows:
        name, numbers = RECEPTIVE_FIELDS[f"{row['model']} {row['detail']}"]
        counted = complexity(name, numbers, leads=12, length=4096, classes=6)
        assert (counted.receptive_field, counted.stride) == (int(row["receptive_field"]), int(row["stride"])), row


def test_os_cnns(shared):
    for case in json.loads((shared / "reference/architectures/oscnn.json").read_text())["cases"]:
        shape = {key: case[key] for key in ("leads", "length", "classes")}
        if "error" in case:
            with pytest.raises(ImpossibleNetwork, match=case["error"]):
                complexity("oscnn", {"cap": case["cap"]}, **shape)
            continue
        counted = complexity("oscnn", {"cap": case["cap"]}, **shape)
        kernels, head = counted.details["kernels"], counted.width * shape["classes"]
        found = {
            "kernels": kernels,
            "n_kernels": len(kernels),
            "sum_kernels": sum(kernels),
            "channels": counted.details["widths"],
            "params_effective": counted.params,
            "macs_effective": counted.flops // 2 - head,
        }
        assert {key: found[key] for key in case if key in found} == {key: case[key] for key in case if key in found}


def test_the_default_cap_of_os_cnns():
    def largest(length):
        return complexity("oscnn", {}, leads=12, length=length, classes=6).details["kernels"][-1]

    assert largest(4096) == 89
    assert largest(100) == 23


def test_kernels_of_os_cnns_have_the_published_receptive_fields(shared):
    published = json.loads((shared / "reference/architectures/oscnn.json").read_text())["receptive_field_cap_89"]
    kernels = kernels_up_to(89)
    fields = {one + two + last - 2 for one in kernels for two in kernels for last in LAST}
    missing = [field for field in range(1, max(fields)) if field not in fields]
    assert missing == published["missing"]
    assert set(range(1, published["covered_without_gap_to"] + 1)) <= fields


def _convolutions(layer):
    parts = {
        Sequence: lambda: layer.layers,
        Repeat: lambda: [layer.block] * layer.times,
        Residual: lambda: [layer.branch, layer.shortcut],
        Concatenation: lambda: [layer.branch],
    }
    if isinstance(layer, Conv):
        return [layer]
    return [conv for part in parts.get(type(layer), list)() for conv in _convolutions(part)]


@pytest.mark.parametrize(
    ("preset", "params"),
    [
        ("resnet18", 11_689_512),
        ("resnet34", 21_797_672),
        ("resnet50", 25_557_032),
        ("resnet101", 44_549_160),
        ("resnext50", 25_028_904),
        ("resnext101", 88_791_336),
        ("densenet121", 7_978_856),
        ("convnext_tiny", 28_589_128),
        ("convnext_base", 88_591_464),
    ],
)
def test_with_square_kernels_presets_have_the_sizes_of_torchvision(preset, params):
    """Their sizes on 3 x 224 x 224 images of 1,000 classes: each weight of a kernel of K counts K times."""
    numbers = {}
    plan = family(preset, numbers).plan(3, 224, 1000)
    flat = complexity(preset, numbers, leads=3, length=224, classes=1000).params
    weights = [
        (conv.outputs * conv.inputs // conv.groups * conv.kernel, conv.kernel) for conv in _convolutions(plan.features)
    ]
    assert flat + sum(count * (kernel - 1) for count, kernel in weights) == params
