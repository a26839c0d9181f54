import math

import pytest

from search.draft import make_draft
from search.sampling.judging import judge_of

PARAMS = {
    "family": "resnet",
    "resnet.stages": 2,
    "resnet.depth": 1,
    "resnet.width": 8,
    "resnet.kernel": 3,
    "train.lr": 0.003,
}


def test_a_verdict_holds_the_exact_cost_and_what_tells_trainings_apart(config):
    draft = make_draft(config, PARAMS)
    verdict = judge_of(config)(PARAMS)
    assert verdict.log_cost == pytest.approx(math.log10(draft.complexity.flops))
    assert (verdict.signature, verdict.problem) == (draft.signature, None)
    assert judge_of(config)({**PARAMS, "train.lr": 0.004}).signature != verdict.signature


def test_what_is_beyond_the_budget_is_so_by_any_limit(config):
    tight = config.model_copy(update={"space": config.space.within(max_params=10)})
    assert judge_of(tight)(PARAMS).problem == "over_budget"


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"x": 1},
        {"family": "alexnet"},
        {name: value for name, value in PARAMS.items() if name != "resnet.width"},
        {**PARAMS, "resnet.scale": 3},
        {**PARAMS, "resnet.kernel": 4},
        {**PARAMS, "resnet.stages": 40},
    ],
)
def test_what_the_space_could_not_have_drawn_and_what_is_no_network_is_impossible(config, params):
    assert judge_of(config)(params).problem == "impossible"
