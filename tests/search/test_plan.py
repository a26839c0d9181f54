import pytest

from search.errors import SpaceError
from search.plan import StudyPlan
from search.recipes import read_recipe
from search.samplers import Sampler
from search.settings import SearchSettings, WantedTraining
from search.space import default_space

NOTHING: dict[str, dict[str, object]] = {"limits": {}, "training": {}, "search": {}}


def test_what_is_not_said_stays_as_it_is():
    plan = read_recipe("regnet").plan("regnet")
    training = {"epochs": None, "crop": None, "batch_size": None}
    assert plan.but(trials=None, limits={}, training=training, search={"sampler": None, "seed": None}) == plan


def test_what_is_said_replaces_what_the_recipe_says():
    plan = read_recipe("regnet").plan("regnet")
    said = plan.but(trials=7, limits={"max_flops": 1e6}, training={"epochs": 2, "crop": 1.0}, search={"seed": 5})
    assert (said.trials, said.training.epochs, said.training.crop, said.search.seed) == (7, 2, 1.0, 5)
    assert said.space.budget.max_flops == 1e6
    assert (said.training.batch_size, said.search.sampler, said.search.recipe) == (32, Sampler.RANDOM, "regnet")


def test_a_space_alone_has_the_usual_settings():
    plan = StudyPlan(default_space(["resnet"])).but(trials=3, **NOTHING)
    assert (plan.trials, plan.training, plan.search) == (3, WantedTraining(), SearchSettings())


def test_a_limit_out_of_its_range_is_refused():
    with pytest.raises(SpaceError, match="max_flops"):
        read_recipe("dck").plan("dck").but(trials=None, limits={"max_flops": -1}, training={}, search={})
