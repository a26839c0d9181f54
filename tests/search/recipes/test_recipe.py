import copy

import pytest

from search.errors import ConfigError
from search.recipes import list_recipes, make_recipe, read_recipe
from search.samplers import Sampler

DCK = {
    "source": "somebody",
    "space": {"families": {"resnet": {"depth": {"low": 1, "high": 8}, "kernel": [3, 5, 9]}}},
    "training": {"epochs": 2, "batch_size": 32},
    "trials": 10,
    "arms": {"wide": {}, "narrowed": {"resnet.depth": [1, 4], "resnet.kernel": {"values": [3, 5]}}},
    "runs": 3,
}


def changed(**parts):
    return {**copy.deepcopy(DCK), **parts}


def test_the_recipes_are_those_of_the_source_works():
    assert list_recipes() == ["dck", "ecoscale", "regnet"]


@pytest.mark.parametrize("name", list_recipes())
def test_a_recipe_is_drawn_blindly_and_stops_nothing(name):
    search = read_recipe(name).plan(name).search
    assert (search.sampler, search.early_stopping, search.recipe) == (Sampler.RANDOM, False, name)


def test_regnet_is_trained_as_published():
    plan = read_recipe("regnet").plan("regnet")
    assert (plan.training.epochs, plan.training.batch_size, plan.training.crop) == (20, 32, 1024 / 500)
    told = {name: list(domain.values) for name, domain in plan.space.train.items() if name != "lr"}
    assert told == {
        "optimizer": ["sgd", "sgd-momentum", "adamw"],
        "schedule": ["exponential"],
        "warm_up": [0.0],
        "clip": [1.0],
        "loss": ["asymmetric"],
        "augment": [True],
    }


def test_the_narrowed_arm_of_dck_is_the_shallow_wide_half_with_small_kernels():
    recipe = read_recipe("dck")
    depth, width = (recipe.space.domains[f"resnet.{name}"] for name in ("depth", "width"))
    narrowed = recipe.arms["narrowed"]
    assert narrowed["resnet.depth"] == [depth.low, depth.high // 2]
    assert [width.share(end) for end in narrowed["resnet.width"]] == pytest.approx([0.5, 1])
    kernels = recipe.space.domains["resnet.kernel"].values
    assert narrowed["resnet.kernel"] == {"values": list(kernels[: len(kernels) // 2])}
    assert (recipe.arms["wide"], recipe.runs) == ({}, 3)


def test_the_networks_of_ecoscale_have_their_published_sizes():
    found = read_recipe("ecoscale").costs({"leads": 12, "length": 4096, "classes": 6})
    assert found["oscnn"]["params"] == 246_549
    assert found["ecoscale"]["params"] > 5_084_294  # that of kernels of one sample
    assert read_recipe("ecoscale").costs({"leads": 12, "length": 2, "classes": 6}).keys() <= {"ecoscale", "oscnn"}


def test_a_store_that_differs_from_the_source_is_noted():
    recipe = read_recipe("ecoscale")
    assert recipe.note(rate=400, seconds=10.24) == ""
    assert recipe.note(rate=100, seconds=10) == "the source's records have 400 Hz, not 100 Hz and 10.24 s, not 10 s"


def test_an_unknown_recipe_names_the_known_ones():
    with pytest.raises(ConfigError, match="pancake is no known recipe; choose one of dck, ecoscale, regnet"):
        read_recipe("pancake")


def test_all_faults_are_told_at_once():
    space = {"families": {"resnet": {"depth": {"low": 8, "high": 1}}}}
    with pytest.raises(ConfigError) as refused:
        make_recipe(changed(space=space, training={"epochs": 0, "batches": 3}, trials="many"), name="mine")
    for part in ("mine is not a recipe", "low <= high must hold", "training.epochs", "training.batches", "trials"):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({"resnet.depht": [1, 2]}, "arms.odd names resnet.depht, which the space does not have"),
        ({"resnet.depth": [0, 4]}, "arms.odd.resnet.depth must be"),
        ({"resnet.depth": {"values": [1]}}, "arms.odd.resnet.depth must be"),
        ({"resnet.kernel": {"values": [3, 4]}}, "arms.odd.resnet.kernel must be"),
        ({"resnet.kernel": [3, 5]}, "arms.odd.resnet.kernel must be"),
    ],
)
def test_an_arm_lies_within_the_space(part, told):
    with pytest.raises(ConfigError, match=told):
        make_recipe(changed(arms={"wide": {}, "odd": part}), name="mine")
    assert make_recipe(DCK, name="mine").arms == DCK["arms"]


def test_networks_that_cannot_be_are_refused():
    with pytest.raises(ConfigError, match=r"networks: .*cap"):
        make_recipe(changed(networks={"oscnn": {"cap": 0}}), name="mine")
