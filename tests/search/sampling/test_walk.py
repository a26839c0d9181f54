from collections import Counter
from itertools import islice

import numpy as np

from search.sampling.walk import walk
from search.space import make_space


def space(**numbers):
    return make_space({"families": {"resnet": numbers}}, source="the test's space")


def test_a_small_space_is_walked_to_its_end_each_set_once():
    small = space(stages=[2, 3], width=[8, 16, 24])
    found = [tuple(params.values()) for params in walk(small, np.random.default_rng(0))]
    assert len(found) == len(set(found)) == 6


def test_the_walk_begins_anywhere_with_the_same_right():
    small = space(width=[8, 16, 24, 32])
    firsts = Counter(next(walk(small, np.random.default_rng(seed)))["resnet.width"] for seed in range(400))
    assert all(70 <= count <= 130 for count in firsts.values())


def test_a_space_with_a_continuous_number_has_no_end():
    endless = make_space(
        {"families": {"resnet": {}}, "train": {"lr": {"low": 0.001, "high": 0.01}}}, source="the test's space"
    )
    assert endless.size is None
    assert len(list(islice(walk(endless, np.random.default_rng(0)), 500))) == 500
