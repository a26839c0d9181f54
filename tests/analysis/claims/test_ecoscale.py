import numpy as np
import pytest

from analysis.claims import Verdict
from analysis.claims.ecoscale import check_ecoscale

FEWER, CHEAPER = "EcoScale-Net needs 90% fewer parameters than OS-CNN", "EcoScale-Net needs 99% fewer FLOPs than OS-CNN"
BETTER = "EcoScale-Net reaches a higher macro F1 than OS-CNN (the source: +2.4 %)"


@pytest.fixture(scope="module")
def ecoscale(make_trials, by_statement):
    def made(n=120, ahead=0.0, networks=None, seed=0):
        rng = np.random.default_rng(seed)
        family = np.array(["ecoscale", "oscnn"], dtype=object)[np.arange(n) % 2]
        f1 = 0.5 + np.where(family == "ecoscale", ahead, 0) + 0.02 * rng.uniform(size=n)
        trials = make_trials(f1, 10 ** rng.uniform(6, 8, n), params={"family": family}, attrs={"macro_f1": f1})
        return by_statement(check_ecoscale(trials, networks or {}))

    return made


@pytest.mark.parametrize(
    ("params", "flops", "verdicts"),
    [
        (10, 1, (Verdict.REPRODUCED, Verdict.REPRODUCED)),
        (11, 2, (Verdict.CONTRADICTED, Verdict.CONTRADICTED)),
        (300, 200, (Verdict.CONTRADICTED, Verdict.CONTRADICTED)),
    ],
)
def test_savings_are_exact(ecoscale, params, flops, verdicts):
    networks = {"ecoscale": {"params": params, "flops": flops}, "oscnn": {"params": 100, "flops": 100}}
    found = ecoscale(networks=networks)
    assert (found[FEWER].verdict, found[CHEAPER].verdict) == verdicts
    assert (found[FEWER].figure, found[FEWER].ci95) == (pytest.approx(params / 100 - 1), None)


@pytest.mark.parametrize(("ahead", "verdict"), [(0.024, Verdict.REPRODUCED), (-0.024, Verdict.CONTRADICTED)])
def test_scores_are_compared_as_trained(ecoscale, ahead, verdict):
    claim = ecoscale(ahead=ahead)[BETTER]
    assert (claim.verdict, claim.n) == (verdict, 120)
    assert claim.figure == pytest.approx(ahead, abs=0.005)


def test_too_few_trials_or_networks_decide_nothing(ecoscale):
    found = ecoscale(n=8, networks={"oscnn": {"params": 100, "flops": 100}})
    assert {claim.verdict for claim in found.values()} == {Verdict.UNDECIDED}
    assert "at least 20 of each space" in found[BETTER].why
    assert found[FEWER].why == "not both networks fit the study's input"
