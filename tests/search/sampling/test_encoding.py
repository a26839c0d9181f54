import numpy as np

from search.sampling.encoding import Encoding
from search.space import make_space


def encode(numbers, *sets):
    space = make_space({"families": {"resnet": numbers, "convnext": {"depth": [1, 2]}}}, source="the test's space")
    return Encoding(space.domains)([{"family": "resnet", **one} for one in sets])


def test_numbers_lie_between_0_and_1_on_their_own_scale():
    got = encode({"width": {"low": 1, "high": 100, "log": True}}, {"resnet.width": 1}, {"resnet.width": 10})
    assert np.allclose(got[:, 2], [0, 0.5])


def test_numbers_to_choose_from_are_spaced_evenly_in_their_order():
    got = encode({"kernel": [15, 3, 5]}, *({"resnet.kernel": kernel} for kernel in (3, 5, 15)))
    assert np.allclose(got[:, 2], [0, 0.5, 1])


def test_words_and_null_have_a_column_each_in_one_group():
    space = make_space({"families": {"regnet": {"se_ratio": [None, 0.25], "depth": [4, 5]}}}, source="the test's space")
    encoding = Encoding(space.domains)
    sets = [{"family": "regnet", "regnet.se_ratio": ratio, "regnet.depth": 5} for ratio in (None, 0.25)]
    assert encoding(sets).tolist() == [[1, 0, 1], [0, 1, 1]]
    assert encoding.groups.tolist() == [0, 0, 1]


def test_the_numbers_of_another_family_are_zero_and_a_fixed_number_has_no_column():
    got = encode({"kernel": [3, 5], "stages": [3]}, {"family": "convnext", "convnext.depth": 2})
    assert got.tolist() == [[0, 1, 0, 1]]
