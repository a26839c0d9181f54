import json

import pytest

from analysis.regions import Region, SubRange, SubSet

_REGION = Region({"net.width": SubRange(8, 32), "net.se": SubSet((0.25, None)), "net.residual": SubSet((False,))})


@pytest.mark.parametrize(
    ("params", "lies_inside"),
    [
        ({"net.width": 8}, True),
        ({"net.width": 32}, True),
        ({"net.width": 33}, False),
        ({"net.se": None}, True),
        ({"net.se": 0.5}, False),
        ({"net.residual": True}, False),
        ({"other.width": 64}, True),
    ],
)
def test_a_set_lies_in_a_region_unless_one_of_its_values_does_not(params, lies_inside):
    assert (params in _REGION) == lies_inside


def test_the_whole_space_holds_everything():
    assert Region().is_whole
    assert {"net.width": 1e9} in Region()


def test_a_part_is_replaced_or_freed_and_the_others_stay():
    narrower = _REGION.but("net.width", SubRange(8, 16))
    assert {"net.width": 32} not in narrower
    assert {"net.width": 32} in _REGION
    assert {"net.width": 64} in narrower.but("net.width", None)
    assert narrower.parts.keys() == _REGION.parts.keys()


def test_a_region_comes_back_from_json_as_it_was():
    assert Region.load(json.loads(json.dumps(_REGION.dump()))) == _REGION
