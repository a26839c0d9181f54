import numpy as np
import pytest

from analysis.claims import Verdict
from analysis.claims.regnet import check_regnet
from analysis.importance import Draws, Importance, Status

OPTIMIZERS = ("sgd", "sgd-momentum", "adamw")
STAGES_FIRST = "the number of stages matters most"
ADAMW_4, MOMENTUM_3 = "adamw is best near 4 stages", "sgd-momentum is best near 3 stages"
SGD_FALLS, LARGE = "sgd falls with stages", "adamw is needed to use large w_m"
SGD_DEPTH, MOMENTUM_DEPTH = "sgd fails with depth", "sgd-momentum fails with depth"
AS_PUBLISHED = {"sgd": None, "sgd-momentum": 3, "adamw": 4}
TURNED = {"sgd": 7, "sgd-momentum": 6, "adamw": 1}


@pytest.fixture(scope="module")
def regnet(make_trials, by_statement):
    """Claims of n trials; stages have their best per optimiser (None: the fewer the better)."""

    def made(n, best, *, stages_weight=0.02, depth=0.0, w_m=0.0, noise=0.01):
        rng = np.random.default_rng(0)
        optimizer = rng.choice(OPTIMIZERS, n).astype(object)
        stages, depths, w_ms = rng.integers(1, 8, n), rng.integers(4, 21, n), rng.uniform(1.1, 3, n)
        peak = np.array([np.nan if best[one] is None else best[one] for one in optimizer], dtype=float)
        of_stages = np.where(np.isnan(peak), -2.0 * stages, -((stages - peak) ** 2))
        blind = np.where(optimizer == "adamw", 0, depth * depths)
        score = 0.9 + stages_weight * of_stages + blind + w_m * w_ms * (optimizer == "adamw")
        score += noise * rng.normal(size=n)
        params = {"train.optimizer": optimizer, "regnet.depth": depths, "regnet.w_m": w_ms}
        attrs = {"stages": stages, "flops": np.full(n, 1e6)}
        trials = make_trials(score, 10 ** rng.uniform(6, 8, n), params=params, attrs=attrs)
        return by_statement(check_regnet(trials, {}))

    return made


def test_findings_that_hold_are_reproduced(regnet):
    found = regnet(240, AS_PUBLISHED, depth=-0.005, w_m=0.1)
    for statement in (STAGES_FIRST, ADAMW_4, MOMENTUM_3, SGD_FALLS, LARGE, SGD_DEPTH, MOMENTUM_DEPTH):
        assert found[statement].verdict is Verdict.REPRODUCED, found[statement].sentence
    assert found[ADAMW_4].figure == pytest.approx(4, abs=0.2)
    assert found[LARGE].figure == pytest.approx(0.1, abs=0.03)


def test_findings_that_do_not_are_contradicted(regnet):
    found = regnet(240, TURNED, stages_weight=0.001, depth=0.05, w_m=-0.5)
    for statement in (ADAMW_4, MOMENTUM_3, SGD_FALLS, LARGE, SGD_DEPTH, MOMENTUM_DEPTH):
        assert found[statement].verdict is not Verdict.REPRODUCED, found[statement].sentence
    for statement in (STAGES_FIRST, LARGE, SGD_DEPTH, MOMENTUM_DEPTH):
        assert found[statement].verdict is Verdict.CONTRADICTED, found[statement].sentence


def test_another_best_number_of_stages_contradicts(regnet):
    found = regnet(240, TURNED)
    for statement in (ADAMW_4, MOMENTUM_3, SGD_FALLS):
        assert found[statement].verdict is Verdict.CONTRADICTED, found[statement].sentence
    assert found[ADAMW_4].figure == pytest.approx(1, abs=0.3)


def _forest(r, n):
    return Importance(Status.RANKED, n, 0, (), Draws(n, n, 0), cv_pearson=(r - 0.02, r, r + 0.02))


@pytest.mark.parametrize(
    ("published", "r", "n", "verdict"),
    [
        (("sgd", 0.90), 0.90, 134, Verdict.REPRODUCED),
        (("sgd", 0.90), 0.45, 134, Verdict.CONTRADICTED),
        (("sgd-momentum", 0.87), 0.87, 134, Verdict.REPRODUCED),
        (("adamw", 0.45), 0.45, 134, Verdict.REPRODUCED),
        (("adamw", 0.45), 0.90, 134, Verdict.CONTRADICTED),
        (("adamw", 0.45), 0.45, 40, Verdict.UNDECIDED),
    ],
)
def test_the_surrogate_is_as_good_as_published_or_not(make_trials, by_statement, published, r, n, verdict):
    optimizer, their_r = published
    found = by_statement(check_regnet(make_trials([0.5], [1e6]), {optimizer: _forest(r, n)}))
    claim = found[f"a random forest predicts the score under {optimizer} with r = {their_r:.2f}"]
    assert (claim.verdict, claim.n) == (verdict, n)
    assert claim.figure == pytest.approx(r)
    assert claim.ci95[0] < r < claim.ci95[1]


def test_too_few_trials_decide_nothing(regnet):
    found = regnet(24, AS_PUBLISHED)
    assert {claim.verdict for claim in found.values()} == {Verdict.UNDECIDED}
    assert all(claim.figure is None and claim.why for claim in found.values())
    assert found[ADAMW_4].why.endswith(" trials of adamw; at least 30 are needed")


def test_optimisers_that_were_tried_with_one_architecture_tell_nothing(make_trials, by_statement):
    n = 90
    params = {"train.optimizer": np.repeat(np.array(OPTIMIZERS, dtype=object), 30), "regnet.depth": np.full(n, 4)}
    trials = make_trials(np.linspace(0.5, 0.6, n), np.full(n, 1e6), params=params, attrs={"stages": np.full(n, 2)})
    found = by_statement(check_regnet(trials, {}))
    assert found[ADAMW_4].why == "numbers of stages tried with adamw: 1; at least 3 are needed"
    assert found[SGD_DEPTH].why == "the trials of sgd do not differ in depth or in their score"
    assert {claim.verdict for claim in found.values()} == {Verdict.UNDECIDED}


def test_trials_that_are_no_regnets_say_so(make_trials, by_statement):
    found = by_statement(check_regnet(make_trials([0.5, 0.6], [1e6, 2e6]), {}))
    assert {claim.verdict for claim in found.values()} == {Verdict.UNDECIDED}
    assert len(found) == 10
