import numpy as np

from models.training.recipe import Optimizer
from search.draft import draw_draft, make_draft


def test_a_draft_knows_its_cost_before_any_weight_exists(config):
    draft = draw_draft(config, np.random.default_rng(0))
    again = make_draft(config, draft.params)
    assert again == draft
    assert draft.complexity.flops > 0
    assert again.signature == draft.signature


def test_signatures_tell_trainings_apart(config):
    def signature(**changes):
        params = {"family": "resnet", "resnet.stages": 2, "resnet.depth": 1, "resnet.width": 8, "resnet.kernel": 3}
        return make_draft(config, {**params, "train.lr": 0.005} | changes).signature

    assert signature() == signature()
    assert len({signature(), signature(**{"train.lr": 0.006}), signature(**{"resnet.width": 4})}) == 3


def test_the_recipe_holds_the_drawn_and_the_shared_settings(config):
    params = {"family": "resnet", "train.lr": 0.005, "train.optimizer": "sgd"}
    recipe = make_draft(config, params).recipe
    assert (recipe.lr, recipe.optimizer, recipe.epochs) == (0.005, Optimizer.SGD, 1)
