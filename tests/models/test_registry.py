from dataclasses import dataclass

import pytest

from models import complexity, family, list_families, list_presets, register_family
from models.errors import ImpossibleNetwork


def test_families_are_listed_sorted():
    assert list_families() == ["convnext", "densenet", "ecoscale", "oscnn", "regnet", "resnet", "vit"]


def test_presets_are_listed_from_small_to_large():
    """ResNets first, then ResNeXts."""
    assert set(list_presets("vit")) < set(list_presets())
    for presets in (
        list_presets("resnet")[:4],
        list_presets("resnet")[4:],
        list_presets("convnext"),
        list_presets("vit"),
    ):
        sizes = [complexity(preset, {}, leads=12, length=1024, classes=26).params for preset in presets]
        assert len(sizes) >= 3
        assert sizes == sorted(sizes)


def test_numbers_given_go_before_those_of_a_preset():
    assert family("resnet50", {"depth": None}) == family("resnet50", {})
    assert family("resnet18", {"depth": 3}) == family("resnet", {"depth": 3})
    assert family("convnext_tiny", {"widths": [8] * 4}) == family(
        "convnext", {"depths": [3, 3, 9, 3], "widths": [8] * 4}
    )
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


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("train", {}, "none of family, train, but got 'train'"),
        ("my net", {}, "but got 'my net'"),
        ("new", {"space": {"widht": [1]}}, "the space of new names widht; its numbers: width"),
        ("new", {"presets": {"new_small": {"widht": 1}}}, "names widht"),
    ],
)
def test_names_that_would_be_misread_are_refused(name, given, message):
    @dataclass(frozen=True)
    class Some:
        width: int = 1

        def build(self, leads, length, classes):
            raise NotImplementedError

    with pytest.raises(ValueError, match=message):
        register_family(name, **given)(Some)
    assert name not in list_families()


def test_an_unknown_name_is_answered_with_the_nearest_and_the_way_to_ones_own():
    with pytest.raises(ImpossibleNetwork, match=r"no family 'convnext_tinny'.* mean convnext_tiny\? .* --plugin"):
        family("convnext_tinny", {})
