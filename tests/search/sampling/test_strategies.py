import pytest

from search.samplers import Sampler
from search.sampling.strategies import make_strategy


@pytest.mark.parametrize("sampler", [sampler for sampler in Sampler if sampler is not Sampler.RANDOM])
def test_every_sampler_has_a_strategy_of_its_name(make_problem, sampler):
    problem = make_problem()
    assert make_strategy(sampler, problem.space, problem.judge).name == sampler


def test_random_draws_need_none(make_problem):
    problem = make_problem()
    assert make_strategy(Sampler.RANDOM, problem.space, problem.judge) is None
