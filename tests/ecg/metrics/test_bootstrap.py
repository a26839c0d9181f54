import time

import numpy as np
import pytest

from ecg.labels import CHALLENGE
from ecg.metrics import Evaluation, bootstrap_intervals


def _mean_of(values):
    return lambda weights: {"mean": float(weights @ values / weights.sum())}


def test_the_interval_of_a_proportion_is_the_binomial_one():
    """p +- 1.96 sqrt(p (1 - p) / n); 4,000 resamples leave the ends uncertain by about 3 % of the half-width."""
    right = np.arange(2000) < 1400
    low, high = bootstrap_intervals(_mean_of(right), 2000, resamples=4000)["mean"]
    half = 1.96 * np.sqrt(0.7 * 0.3 / 2000)
    assert (low, high) == pytest.approx((0.7 - half, 0.7 + half), abs=0.1 * half)


def test_records_of_a_patient_are_drawn_together():
    """Ten equal records for each of 100 patients say no more than one record each."""
    rng = np.random.default_rng(0)
    patient_means = rng.normal(size=100)
    patients = np.repeat([f"p{i}" for i in range(100)], 10)
    low, high = bootstrap_intervals(_mean_of(np.repeat(patient_means, 10)), 1000, groups=patients)["mean"]
    half = 1.96 * patient_means.std() / np.sqrt(100)
    assert (high - low) / 2 == pytest.approx(half, rel=0.1)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(1)
    covered = 0
    for seed in range(200):
        low, high = bootstrap_intervals(_mean_of(rng.random(100) < 0.5), 100, resamples=200, seed=seed)["mean"]
        covered += low <= 0.5 <= high
    assert 0.90 <= covered / 200 <= 0.99


def test_same_seed_same_intervals():
    values = np.random.default_rng(2).normal(size=50)
    first, again, other = (bootstrap_intervals(_mean_of(values), 50, seed=seed) for seed in (7, 7, 8))
    assert first == again != other


def test_resamples_without_a_figure_are_left_out_of_its_interval():
    def rare(weights):
        return {"rare": 1.0 if weights[0] else float("nan"), "never": float("nan")}

    intervals = bootstrap_intervals(rare, 20)
    assert intervals["rare"] == (1.0, 1.0)
    assert np.isnan(intervals["never"]).all()


def test_every_overall_figure_lies_in_its_interval_within_seconds():
    """26 classes, 2,000 records, 1,000 resamples: less than a second on an idle core."""
    rng = np.random.default_rng(3)
    labels = rng.random((2000, 26)) < 0.1
    scores = np.where(rng.random(labels.shape) < 0.8, labels, ~labels) * 0.8 + rng.random(labels.shape) * 0.2
    evaluation = Evaluation.of(labels, scores, scores > 0.5, CHALLENGE)
    started = time.monotonic()
    intervals = bootstrap_intervals(evaluation.overall, 2000)
    assert time.monotonic() - started < 20
    overall = evaluation.overall(np.ones(2000, dtype=int))
    assert intervals.keys() == overall.keys()
    for name, (low, high) in intervals.items():
        assert low <= overall[name] <= high
