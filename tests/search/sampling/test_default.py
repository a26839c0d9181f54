from collections import Counter

import numpy as np
import pytest

from search.sampling.default import Default


@pytest.mark.parametrize(("trials", "share"), [(20, 1.0), (49, 1.0), (60, 0.5)])
def test_known_cost_is_asked_alone_at_first_and_half_of_the_time_later(make_problem, trials, share):
    problem = make_problem()
    problem.fill(trials)
    problem.view.refresh()
    default = Default(problem.space, problem.judge)
    asked = Counter(next(default.propose(problem.view, np.random.default_rng(seed))).sampler for seed in range(40))
    assert set(asked) <= {"known-cost", "tpe-multivariate"}
    assert asked["known-cost"] / 40 == pytest.approx(share, abs=0.2)
    assert (asked["tpe-multivariate"] == 0) is (share == 1.0)
