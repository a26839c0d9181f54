import numpy as np
import pytest

from models.memory import training_memory
from search.budget import beyond, excess, limits
from search.draft import make_draft

NUMBERS = {"family": "resnet", "resnet.stages": 2, "resnet.depth": 1, "resnet.width": 8, "resnet.kernel": 3}


def limited(config, **budget):
    return config.model_copy(update={"space": config.space.within(**budget)})


def test_each_limit_is_held_against_what_is_exact_before_training(config):
    draft = make_draft(config, NUMBERS)
    cost = draft.complexity
    memory = training_memory(
        cost, batch_size=draft.recipe.batch_size, precision=draft.recipe.precision, optimizer=draft.recipe.optimizer
    )
    for limit, exact in (("max_flops", cost.flops), ("max_params", cost.params), ("max_memory", memory)):
        assert excess(limited(config, **{limit: exact}), draft) == 0
        assert excess(limited(config, **{limit: exact // 10}), draft) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("low", "high", "within"), [(0, 0, True), (-5, -1, False), (1, 9, False), (-1, 1, True)])
def test_a_receptive_field_has_two_bounds(config, low, high, within):
    draft = make_draft(config, NUMBERS)
    seen = draft.complexity.receptive_field
    assert (excess(limited(config, receptive_field=(seen + low, seen + high)), draft) == 0) is within


def test_what_cannot_be_told_is_not_within_a_limit(config, monkeypatch):
    monkeypatch.setattr("search.budget.training_memory", lambda *_, **__: None)
    draft = make_draft(config, NUMBERS)
    assert excess(limited(config, max_memory="1TB"), draft) > 0
    assert excess(limited(config, max_flops=1e12), draft) == 0


def test_a_draft_within_no_limit_at_all_costs_nothing(config):
    assert excess(config, make_draft(config, NUMBERS)) == 0


def test_words_name_the_limits_and_what_is_beyond_them(config):
    draft = make_draft(config, NUMBERS)
    tight = limited(config, max_flops=1e12, max_params=10, receptive_field=(1, 2))
    said = beyond(tight, draft)
    assert said == (
        f"{draft.complexity.params} parameters and a receptive field of {draft.complexity.receptive_field} samples"
    )
    assert limits(tight.space.budget) == "--max-flops 1e+12, --max-params 10, --receptive-field 1:2"
    assert np.isfinite(excess(tight, draft))
