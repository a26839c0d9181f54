import numpy as np
import pandas as pd
import pytest

from analysis.claims import Verdict
from analysis.claims.dck import check_dck
from analysis.labels import analyse_labels

SCALES = {
    "shallower is better": "depth",
    "wider is better": "width",
    "smaller kernels are better": "kernel",
}
SOURCE_SIGNS = {"depth": -1, "width": 1, "kernel": -1}
GROUPS = {"rhythm": "rhythm", "conduction": "conduction"}
FIELD, POOLING = "a smaller receptive field helps", "global average pooling regularises where the field is local"
OWN = "the best scale differs per group of labels"


def _by_label(scores, names):
    return pd.DataFrame(
        {
            "number": np.repeat(np.arange(len(scores)), len(names)),
            "label": np.tile(names, len(scores)),
            "n_positive": 100,
            "balanced_accuracy": scores.ravel(),
        }
    )


@pytest.fixture(scope="module")
def dck(make_trials, by_statement):
    """Claims of n trials whose labels change by so much per doubling, and by so much with average pooling."""

    def made(n, effects, *, own=0.0, pooling=0.0, seed=0):
        rng = np.random.default_rng(seed)
        depth, width = rng.integers(1, 9, n), 8 * rng.integers(1, 9, n)
        kernel, pool = rng.choice([3, 5, 9, 15], n), rng.choice(["average", "max"], n)
        field = 20 * depth * kernel
        doublings = np.log2(np.column_stack([depth, width, kernel]))
        both = 0.5 + doublings @ np.array([effects[name] for name in ("depth", "width", "kernel")])
        both += np.where(pool == "average", pooling * (np.log2(field.max()) - np.log2(field)), 0)
        tilt = own * (doublings[:, 1] - doublings[:, 1].mean())
        scores = np.column_stack([both + tilt, both - tilt]) + 0.005 * rng.normal(size=(n, 2))
        flops = 1e4 * depth * width**2 * kernel
        numbers = {"depth": depth, "width": width, "kernel": kernel, "pooling": pool.astype(object)}
        trials = make_trials(
            scores.mean(axis=1),
            flops,
            params={"family": np.full(n, "resnet", dtype=object), **{f"resnet.{k}": v for k, v in numbers.items()}},
            attrs={"flops": flops, "receptive_field": field},
        )
        table = _by_label(scores, list(GROUPS))
        return by_statement(check_dck(trials, analyse_labels(table, trials.params, trials.attrs, GROUPS)))

    return made


@pytest.mark.parametrize(("sign", "verdict"), [(1, Verdict.REPRODUCED), (-1, Verdict.CONTRADICTED)])
def test_scales_are_judged_by_their_effects(dck, sign, verdict):
    found = dck(150, {name: sign * 0.02 * way for name, way in SOURCE_SIGNS.items()})
    for statement, name in SCALES.items():
        claim = found[statement]
        assert claim.verdict is verdict
        assert claim.figure == pytest.approx(sign * 0.02 * SOURCE_SIGNS[name], abs=0.004)
        assert claim.n == 150
    assert found[FIELD].verdict is verdict


def test_no_effect_is_undecided(dck):
    found = dck(60, dict.fromkeys(SOURCE_SIGNS, 0.0), seed=1)
    assert {found[statement].verdict for statement in SCALES} == {Verdict.UNDECIDED}
    assert found["wider is better"].why == "the interval allows for both"


@pytest.mark.parametrize(("pooling", "verdict"), [(0.02, Verdict.REPRODUCED), (-0.02, Verdict.CONTRADICTED)])
def test_average_pooling_where_the_field_is_local(dck, pooling, verdict):
    assert dck(150, dict.fromkeys(SOURCE_SIGNS, 0.0), pooling=pooling)[POOLING].verdict is verdict


@pytest.mark.parametrize(("own", "verdict"), [(0.05, Verdict.REPRODUCED), (0.0, Verdict.CONTRADICTED)])
def test_groups_of_labels_may_need_their_own_scale(dck, own, verdict):
    found = dck(200, {"depth": -0.02, "width": 0.02, "kernel": -0.02}, own=own)[OWN]
    assert found.verdict is verdict
    assert found.why


def test_too_few_trials_decide_nothing(dck):
    found = dck(8, {name: 0.1 * way for name, way in SOURCE_SIGNS.items()})
    assert {claim.verdict for claim in found.values()} == {Verdict.UNDECIDED}
    assert all(claim.why and claim.figure is None for claim in found.values())


def test_without_scores_by_label_nothing_is_told(make_trials, by_statement):
    found = by_statement(check_dck(make_trials([0.5, 0.6], [1e6, 2e6]), None))
    assert found["shallower is better"].why == "no trial has scores by label"
    assert len(found) == 10
