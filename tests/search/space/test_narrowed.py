import numpy as np
import pytest

from analysis.regions import Region, SubRange, SubSet
from search.errors import SpaceError
from search.space import make_space

WHOLE = {
    "families": {
        "resnet": {
            "stages": 3,
            "depth": {"low": 1, "high": 40, "log": True},
            "width": {"low": 8, "high": 63, "step": 8},
            "kernel": [3, 5, 9],
        },
        "regnet": {
            "w_m": {"low": 1.1, "high": 3.0, "step": 0.1},
            "se_ratio": [0.25, None],
            "depth": {"low": 4, "high": 9},
        },
    },
    "train": {
        "lr": {"low": 1e-3, "high": 1e-2, "log": True},
        "optimizer": ["sgd", "adamw"],
        "augment": [True, False],
        "weight_decay": {"low": 0, "high": 0.5},
    },
}


@pytest.fixture
def whole():
    return make_space(WHOLE, source="the test's space").within(max_flops=1e8)


def drawn(space, name, count=400):
    rng = np.random.default_rng(0)
    return [params[name] for params in (space.draw(rng) for _ in range(count)) if name in params]


@pytest.mark.parametrize(
    ("name", "part", "values"),
    [
        ("resnet.width", SubRange(15, 40), {16, 24, 32, 40}),
        ("resnet.width", SubRange(50, 63), {56}),
        ("resnet.depth", SubRange(2, 4), {2, 3, 4}),
        ("resnet.kernel", SubSet((9, 3)), {3, 9}),
        ("resnet.kernel", SubRange(4, 9), {5, 9}),
        ("resnet.stages", SubSet((3,)), {3}),
        ("regnet.w_m", SubRange(1.4, 1.7), {1.4, 1.5, 1.6, 1.7}),
        ("regnet.w_m", SubRange(1.31, 1.59), {1.4, 1.5}),
        ("regnet.se_ratio", SubSet((None,)), {None}),
        ("regnet.depth", SubRange(4.0, 5.0), {4, 5}),
        ("train.augment", SubSet((False,)), {False}),
        ("train.lr", SubRange(0.003, 0.003), {0.003}),
        ("train.weight_decay", SubRange(0, 0), {0.0}),
    ],
)
def test_draws_keep_to_the_part_and_reach_all_of_it(whole, name, part, values):
    narrow = whole.narrowed(Region({name: part}))
    found = drawn(narrow, name)
    assert set(found) == values
    assert set(map(type, found)) <= set(map(type, drawn(whole, name)))
    kind = whole.distribution(name)
    assert all(kind._contains(kind.to_internal_repr(value)) for value in values)


def test_a_part_of_any_numbers_in_between_is_drawn_from_evenly_on_its_own_scale(whole):
    narrow = whole.narrowed(Region({"train.lr": SubRange(0.002, 0.008), "train.weight_decay": SubRange(0, 1)}))
    rates = np.array(drawn(narrow, "train.lr"))
    assert 0.002 <= rates.min() < 0.0021
    assert 0.0078 < rates.max() <= 0.008
    assert abs(np.log(rates).mean() - np.log([0.002, 0.008]).mean()) < 0.06
    decays = drawn(narrow, "train.weight_decay")
    assert any(decay not in (0, 1) for decay in decays)
    assert 0.45 < max(decays) <= 0.5


def test_a_narrowed_space_keeps_its_budget_and_loses_the_families_outside(whole):
    narrow = whole.narrowed(Region({"family": SubSet(("regnet",)), "resnet.width": SubRange(8, 16)}))
    assert list(narrow.families) == ["regnet"]
    assert narrow.budget == whole.budget
    assert not any(name.startswith("resnet.") for name in narrow.domains)
    assert whole.narrowed(Region({"train.lr": SubRange(0.002, 0.003)})).size is None


def test_what_the_region_contains_is_what_the_narrowed_space_draws(whole):
    region = Region(
        {"resnet.width": SubRange(15, 40), "regnet.w_m": SubRange(1.4, 1.7), "train.lr": SubRange(2e-3, 3e-3)}
    )
    narrow, rng = whole.narrowed(region), np.random.default_rng(1)
    wide = [whole.draw(rng) for _ in range(500)]
    assert all(whole.contains(params) for params in wide)
    assert [narrow.contains(params) for params in wide] == [params in region for params in wide]
    assert 0 < sum(narrow.contains(params) for params in wide) < 250
    assert all(narrow.contains(params) and params in region for params in (narrow.draw(rng) for _ in range(300)))


@pytest.mark.parametrize(
    ("name", "value"), [("resnet.width", 12), ("resnet.width", 64), ("resnet.kernel", 4), ("train.augment", None)]
)
def test_what_no_draw_gives_is_not_contained(whole, name, value):
    rng = np.random.default_rng(0)
    params = next(params for params in iter(lambda: whole.draw(rng), None) if params["family"] == "resnet")
    assert whole.contains(params)
    assert not whole.contains({**params, name: value})
    assert not whole.contains({**params, "resnet.extra": 1})


def test_the_whole_space_is_the_region_with_all_its_parts(whole):
    region = whole.region
    assert region.parts.keys() == whole.domains.keys()
    assert region.parts["train.lr"] == SubRange(1e-3, 1e-2)
    assert region.parts["resnet.stages"] == SubSet((3,))
    assert region.parts["family"] == SubSet(("resnet", "regnet"))
    rng, same = np.random.default_rng(0), np.random.default_rng(0)
    narrow = whole.narrowed(Region.load(region.dump()))
    assert [whole.draw(rng) for _ in range(50)] == [narrow.draw(same) for _ in range(50)]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"resnet.kernel": SubSet((7,))}, "no value of resnet.kernel in the space lies in SubSet"),
        ({"resnet.width": SubRange(17, 23)}, "no value of resnet.width in the space lies in SubRange"),
        ({"train.lr": SubRange(0.1, 1)}, "no value of train.lr"),
        ({"train.lr": SubSet((0.003,))}, "of a range from 0.001 to 0.01 only a range is a part"),
        ({"vit.width": SubRange(1, 2)}, "the space has no vit.width to narrow; known: family, resnet.stages"),
    ],
)
def test_a_region_that_does_not_fit_the_space_is_refused(whole, parts, message):
    with pytest.raises(SpaceError, match=message):
        whole.narrowed(Region(parts))
