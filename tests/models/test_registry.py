from dataclasses import dataclass

import pytest

from models import list_families, register_family


def test_families_are_listed_sorted():
    assert list_families() == sorted(list_families()) == ["convnext", "resnet"]


def test_a_name_cannot_be_registered_twice():
    @dataclass(frozen=True)
    class Another:
        stages: int = 1

    with pytest.raises(ValueError, match="'resnet' is registered already, by ResNet"):
        register_family("resnet")(Another)
