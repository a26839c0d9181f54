import json

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.laws.form import Form
from analysis.laws.law import FitSettings, fit_law
from analysis.laws.status import Status

QUICK = FitSettings(draws=200)


@pytest.fixture(scope="module")
def published(shared):
    return json.loads((shared / "reference/scaling/published.json").read_text())["chinchilla_points.csv"]


@pytest.fixture(scope="module")
def runs(shared):
    """Size and data of each run, and its loss."""
    table = pd.read_csv(shared / "reference/scaling/chinchilla_points.csv")
    size = table["Model Size"].to_numpy()
    return np.column_stack([size, table["Training FLOP"] / (6 * size)]), table["loss"].to_numpy()


@pytest.fixture(scope="module")
def chinchilla(runs):
    return fit_law(Form.CHINCHILLA, *runs, FitSettings(drop_worst=5))


def _runs(law, n=60, noise=0.05, seed=0):
    rng = np.random.default_rng(seed)
    x = 10 ** rng.uniform(6, 9, n)
    return x, law(x) * np.exp(rng.normal(0, noise, n))


def _power(x):
    return 3 * x**-0.2


def _offset(x):
    return 0.1 + 20 * x**-0.3


def _flat(x):
    return 2 + 0 * x


def test_the_published_points_have_the_published_optimum(chinchilla, published):
    optimum = published["optimum"]
    assert chinchilla.n == 240
    assert chinchilla.objective <= optimum["objective"] * (1 + 1e-9)
    for name in ("E", "alpha", "beta"):
        assert chinchilla.params[name] == pytest.approx(optimum[name], abs=1e-3)
    assert chinchilla.status is Status.CONVERGED


def test_its_intervals_are_as_wide_as_the_published_standard_errors_say(chinchilla, published):
    for name in ("alpha", "beta"):
        low, high = chinchilla.ci95[name]
        assert (high - low) / (2 * 1.96) == pytest.approx(published["published"][f"se_{name}"], rel=0.2)


def test_its_predictions_are_those_of_the_published_parameters(chinchilla, runs, published):
    (size, data), optimum = runs[0].T, published["optimum"]
    expected = optimum["E"] + optimum["A"] / size ** optimum["alpha"] + optimum["B"] / data ** optimum["beta"]
    assert chinchilla.predict(runs[0]) == pytest.approx(expected, rel=1e-4)


def test_the_largest_compute_is_held_out_and_predicted_better_than_without_an_offset(chinchilla, runs):
    held = chinchilla.holdout
    kept = np.sort(np.argsort(runs[1])[:-5])
    compute = runs[0][kept].prod(axis=1)
    assert held.n == (compute > held.x_over).sum() == 80
    assert held.error < 0.5 * held.baseline_error
    assert held.baseline == "power law without offset"


def test_the_outlier_rule_moves_the_result_and_is_told(chinchilla, runs):
    law = fit_law(Form.CHINCHILLA, *runs, QUICK)
    assert (law.n, law.dropped.count, chinchilla.dropped.count) == (245, 0, 5)
    assert chinchilla.dropped.rule == "the largest y"
    assert abs(law.params["beta"] - chinchilla.params["beta"]) > 0.01


def test_whole_numbers_do_not_overflow(runs):
    """Their product, size times data, is beyond an int64."""
    x, y = runs
    whole = np.round(x).astype(np.int64)
    held = fit_law(Form.CHINCHILLA, whole, y, FitSettings(drop_worst=5, draws=20)).holdout
    assert held.x_over > 1e19
    assert held.n == 80


def test_the_answer_does_not_hang_on_the_order_of_rows_or_the_draw(chinchilla, runs):
    order = np.random.default_rng(0).permutation(245)
    law = fit_law(Form.CHINCHILLA, runs[0][order], runs[1][order], FitSettings(drop_worst=5, draws=20))
    assert law.objective == pytest.approx(chinchilla.objective, rel=1e-9)
    assert law.params["alpha"] == pytest.approx(chinchilla.params["alpha"], abs=1e-6)


@pytest.mark.parametrize(
    ("form", "law", "truth"),
    [(Form.POWER, _power, {"A": 3, "alpha": 0.2}), (Form.POWER_OFFSET, _offset, {"E": 0.1, "A": 20, "alpha": 0.3})],
)
@pytest.mark.parametrize(("n", "noise"), [(30, 0.02), (100, 0.05)])
def test_intervals_cover_the_truth_nineteen_times_in_twenty(form, law, truth, n, noise):
    """With 30 tables, 22 or fewer covered would be chance once in 10,000."""
    laws = [fit_law(form, *_runs(law, n, noise, seed), FitSettings(draws=100, seed=seed)) for seed in range(30)]
    for name, value in truth.items():
        assert sum(found.ci95[name][0] < value < found.ci95[name][1] for found in laws) > 22
    widths = [found.ci95["alpha"][1] - found.ci95["alpha"][0] for found in laws]
    assert np.median(widths) < 0.2


@pytest.mark.parametrize(
    ("form", "law", "allowed"),
    [
        (Form.POWER, _power, {Status.CONVERGED}),
        (Form.POWER_OFFSET, _offset, {Status.CONVERGED}),
        (Form.POWER_OFFSET, _power, {Status.BOUND_HIT, Status.NO_BETTER_THAN_LINE}),
        (Form.POWER, lambda x: x**0.1, {Status.NO_LAW}),
        (Form.POWER_OFFSET, lambda x: x**0.1, {Status.NO_LAW}),
    ],
)
def test_the_status_is_that_of_the_law_the_points_come_from(form, law, allowed):
    assert {fit_law(form, *_runs(law, seed=seed), QUICK).status for seed in range(5)} <= allowed


@pytest.mark.parametrize("form", [Form.POWER, Form.POWER_OFFSET])
def test_noise_alone_is_no_law(form):
    found = [fit_law(form, *_runs(_flat, 40, 0.2, seed), FitSettings(draws=100)).status for seed in range(10)]
    assert found.count(Status.NO_LAW) >= 7
    assert found.count(Status.CONVERGED) <= 1


def test_a_curve_that_is_none_without_noise_hits_the_bound():
    law = fit_law(Form.POWER_OFFSET, *_runs(_power, noise=0), QUICK)
    assert law.status is Status.BOUND_HIT
    assert law.reason == "E sits at its bound and is not determined; without an offset this is a power law"


def test_an_offset_that_does_not_predict_is_no_better_than_a_line():
    """The points bend towards an offset, and then go on falling."""
    x = np.geomspace(1e6, 1e9, 45)
    rng = np.random.default_rng(0)
    y = np.where(x < 1e8, 0.1 + 20 * x**-0.3, (0.1 + 20 * 1e8**-0.3) * (x / 1e8) ** -0.3)
    law = fit_law(Form.POWER_OFFSET, x, y * np.exp(rng.normal(0, 0.01, 45)), QUICK)
    assert law.status is not Status.CONVERGED


@pytest.mark.parametrize(("form", "n"), [(Form.POWER, 3), (Form.POWER_OFFSET, 4), (Form.CHINCHILLA, 7)])
def test_too_few_points_are_said_not_fitted(form, n):
    rng = np.random.default_rng(0)
    x, y = 10 ** rng.uniform(6, 9, (n, form.inputs)), np.linspace(1, 2, n)
    law = fit_law(form, x, y)
    assert (law.status, law.params, law.n) == (Status.TOO_FEW_POINTS, {}, n)
    assert str(n) in law.reason
    assert np.isnan(law.predict(x)).all()


def test_many_rows_of_few_values_are_few_points():
    law = fit_law(Form.POWER, np.repeat([1e6, 1e7], 20), np.linspace(1, 2, 40))
    assert (law.status, law.n) == (Status.TOO_FEW_POINTS, 40)


def test_the_fewest_points_are_fitted():
    x = np.geomspace(1e6, 1e9, 8)
    assert fit_law(Form.POWER, x[:4], _power(x[:4]), QUICK).params["alpha"] == pytest.approx(0.2)
    assert fit_law(Form.POWER_OFFSET, x[:5], _offset(x[:5]), QUICK).params["alpha"] == pytest.approx(0.3, rel=1e-4)


def test_equal_y_have_no_law():
    assert fit_law(Form.POWER, np.geomspace(1, 100, 10), np.full(10, 0.3), QUICK).status is Status.NO_LAW


def test_rows_with_nan_are_left_out_and_counted():
    x, y = _runs(_power)
    law = fit_law(Form.POWER, np.r_[x, np.nan, 1e7], np.r_[y, 0.5, np.nan], QUICK)
    assert (law.n, law.left_out) == (60, 2)
    assert law.params == fit_law(Form.POWER, x, y, QUICK).params


def test_points_above_a_given_compute_can_be_held_out():
    x, y = _runs(_power)
    held = fit_law(Form.POWER, x, y, FitSettings(draws=20, hold_out_over=1e8)).holdout
    assert (held.x_over, held.n) == (1e8, (x > 1e8).sum())
    best = np.log(y[x <= 1e8].min())
    assert held.baseline_error == pytest.approx(np.abs(best - np.log(y[x > 1e8])).mean())
    assert fit_law(Form.POWER, x, y, FitSettings(draws=20, hold_out_over=1e12)).holdout is None


def test_runs_of_equal_compute_are_held_out_together():
    x, y = _runs(_power, n=40)
    budgets = 10 ** np.round(np.log10(x))
    held = fit_law(Form.POWER, budgets, y, QUICK).holdout
    assert held.n == (budgets > held.x_over).sum()


def test_the_same_seed_gives_the_same_law():
    assert fit_law(Form.POWER, *_runs(_power), QUICK) == fit_law(Form.POWER, *_runs(_power), QUICK)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf])
def test_what_has_no_logarithm_is_refused(bad):
    x, y = _runs(_power)
    with pytest.raises(AnalysisError, match=f"every y must be a finite number above 0, but got {bad:g}"):
        fit_law(Form.POWER, x, np.r_[bad, y[1:]])
    with pytest.raises(AnalysisError, match="every x must"):
        fit_law(Form.POWER, np.r_[bad, x[1:]], y)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"huber_delta": 0}, "Huber's delta is a number above 0, but got 0"),
        ({"huber_delta": float("nan")}, "Huber's delta is a number above 0, but got nan"),
        ({"drop_worst": -1}, "rows to drop are 0 or more, but got -1"),
        ({"draws": 3}, "at least 20 bootstrap draws, but got 3"),
    ],
)
def test_settings_out_of_range_are_refused(settings, message):
    with pytest.raises(AnalysisError, match=message):
        FitSettings(**settings)


def test_more_rows_than_there_are_cannot_be_dropped():
    with pytest.raises(AnalysisError, match="60 points were to be dropped, but there are 60"):
        fit_law(Form.POWER, *_runs(_power), FitSettings(drop_worst=60))
