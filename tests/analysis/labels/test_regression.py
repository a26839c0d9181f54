import numpy as np
import pytest

from analysis.labels.regression import fit
from analysis.status import Status

EFFECTS = np.array([-0.01, 0.01, 0.0])


def _data(n, seed, labels=5):
    """Family 2 lacks the first number; noise grows with the second."""
    rng = np.random.default_rng(seed)
    family = rng.integers(0, 3, n)
    columns = rng.choice(np.log2([1, 2, 3, 4, 6, 8]), (n, 3))
    columns[family == 2, 0] = np.nan
    mean = np.nan_to_num(columns) @ EFFECTS + 0.03 * family
    noise = 0.01 * (0.5 + columns[:, [1]]) * rng.normal(size=(n, labels))
    return columns, family, mean[:, None] + noise


def test_slopes_and_errors_are_those_of_a_regression_with_indicators():
    """HC3 written out: (X'X)^-1 X' diag(e^2 / (1 - h)^2) X (X'X)^-1, with an intercept for each family."""
    columns, family, scores = _data(60, 0, labels=2)
    full = np.hstack([np.nan_to_num(columns), np.eye(3)[family]])
    inverse = np.linalg.inv(full.T @ full)
    beta = inverse @ full.T @ scores
    leverage = np.einsum("ij,jk,ik->i", full, inverse, full)
    residuals = (scores - full @ beta) / (1 - leverage)[:, None]
    errors = [np.sqrt(np.diag(inverse @ (full.T * r**2) @ full @ inverse)) for r in residuals.T]
    found = fit(columns, family, scores)
    np.testing.assert_allclose(found.slopes, beta[:3])
    np.testing.assert_allclose(found.errors, np.column_stack(errors)[:3])
    assert found.degrees == 60 - 6
    assert found.n == (int((family != 2).sum()), 60, 60)


@pytest.mark.parametrize("n", [40, 200])
def test_intervals_cover_the_known_effects_with_uneven_noise(n):
    """60 repeats of 5 labels each; 200 repeats of 20 labels cover 95 to 97 %."""
    hits = []
    for seed in range(60):
        found = fit(*_data(n, seed))
        intervals = [found.estimate(column, label).ci95 for label in range(5) for column in range(3)]
        hits += [low <= EFFECTS[place % 3] <= high for place, (low, high) in enumerate(intervals)]
    assert 0.92 <= np.mean(hits) <= 0.985


def test_a_family_without_a_factor_leaves_its_slope_alone():
    columns, family, scores = _data(200, 1)
    without = family != 2
    shifted = scores + 5.0 * (family == 2)[:, None]
    np.testing.assert_allclose(fit(columns, family, shifted).slopes, fit(columns, family, scores).slopes, atol=1e-12)
    only_first = fit(columns[without][:, :1], family[without], scores[without]).slopes
    np.testing.assert_allclose(fit(columns[:, :1], family, scores).slopes, only_first)


def test_a_factor_that_only_some_trials_of_a_family_have_is_not_filled_in():
    """The trials without it score higher; filled in with anything, that would become a slope."""
    rng = np.random.default_rng(2)
    column = np.where(np.arange(100) < 50, rng.normal(size=100), np.nan)
    score = np.where(np.isnan(column), 9.0, 0.3 * column)
    found = fit(column[:, None], np.zeros(100, dtype=int), score[:, None])
    assert found.slopes[0, 0] == pytest.approx(0.3)
    assert found.n == (50,)


def test_what_varies_only_together_is_said_and_the_rest_is_fitted():
    columns, family, scores = _data(100, 3)
    columns = np.column_stack([columns[:, 1], columns[:, 2], 2 * columns[:, 1]])
    found = fit(columns, family, scores)
    assert found.status == (Status.COLLINEAR, Status.ANSWERED, Status.COLLINEAR)
    assert found.together == ((2,), (), (0,))
    alone = fit(columns[:, :2], family, scores)
    np.testing.assert_allclose(found.slopes[1], alone.slopes[1])


def test_three_that_determine_each_other_are_all_named():
    columns, family, scores = _data(100, 4)
    columns = np.column_stack([columns[:, 1], columns[:, 2], columns[:, 1] + columns[:, 2]])
    assert fit(columns, family, scores).together == ((1, 2), (0, 2), (0, 1))


def test_constants_and_rare_differences_have_no_slope():
    columns, family, scores = _data(100, 5)
    constant_in_families = family.astype(float)
    rare = (np.arange(100) < 4).astype(float)
    found = fit(np.column_stack([columns[:, 1], constant_in_families, rare]), family, scores)
    assert found.status == (Status.ANSWERED, Status.CONSTANT, Status.TOO_FEW)
    assert np.isnan(found.slopes[1:]).all()
    assert found.n[1] == 0


def test_too_few_trials_have_no_slopes():
    columns, family, scores = _data(15, 6)
    found = fit(columns, family, scores)
    assert found.degrees < 10
    assert set(found.status) == {Status.TOO_FEW}
    assert fit(np.empty((0, 2)), np.empty(0, dtype=int), np.empty((0, 1))).status == (Status.TOO_FEW,) * 2
