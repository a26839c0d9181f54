from dataclasses import dataclass

import pytest

from models import complexity, family, list_families, list_presets, register_family
from models.errors import ImpossibleNetwork


def test_families_are_listed_sorted():
    assert list_families() == ["convnext", "densenet", "ecoscale", "oscnn", "regnet", "resnet", "vit"]


def test_presets_are_listed_from_small_to_large():
    assert list_presets("resnet")[:3] == ["resnet18", "resnet50", "resnet101"]
    assert set(list_presets("vit")) < set(list_presets())
    for name in ("resnet", "convnext", "densenet", "vit"):
        sizes = [complexity(p, {}, leads=12, length=1024, classes=26).params for p in list_presets(name)]
        assert len(sizes) > 0
        assert sizes == sorted(sizes) or name == "resnet"  # ResNets first, then ResNeXts


def test_numbers_given_go_before_those_of_a_preset():
    assert family("resnet50", {"kernel": 5}) == family(
        "resnet", {"depths": [3, 4, 6, 3], "block": "bottleneck", "kernel": 5}
    )


@pytest.mark.parametrize("name", ["resnet", "resnet18"])
def test_a_name_cannot_be_registered_twice(name):
    @dataclass(frozen=True)
    class Another:
        width: int = 1

        def build(self, leads, length, classes):
            raise NotImplementedError

    with pytest.raises(ValueError, match=f"'{name}' is registered already, by ResNet"):
        register_family(name)(Another)
    with pytest.raises(ValueError, match=f"'{name}' is registered already, by ResNet"):
        register_family("another", presets={name: {}})(Another)
    assert "another" not in list_families()


def test_what_is_no_family_is_refused_where_it_is_written():
    class NoDataclass:
        pass

    @dataclass
    class NoDefault:
        width: int

    @dataclass
    class NoNetwork:
        width: int = 1

    for cls, message in (
        (NoDataclass, "put @dataclass below"),
        (NoDefault, "needs a default, but width has none"),
        (NoNetwork, "plan or build"),
    ):
        with pytest.raises(TypeError, match=message):
            register_family("new")(cls)


def test_an_unknown_name_is_answered_with_the_nearest_and_the_way_to_ones_own():
    with pytest.raises(ImpossibleNetwork, match=r"did you mean convnext_tiny\?; .* --plugin"):
        family("convnext_tinny", {})
