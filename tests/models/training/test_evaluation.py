import numpy as np
import pytest
import torch
from sklearn.metrics import average_precision_score, balanced_accuracy_score, roc_auc_score

from models.training import evaluation
from models.training.evaluation import answers, choose, score_answers, score_intervals, view_starts
from models.training.recipe import Recipe, Scoring

RECIPE = Recipe()


class FirstSample(torch.nn.Module):
    """Logits are the first sample of the first leads: an answer that can be computed by hand."""

    def __init__(self, classes=26):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.ones(classes))

    def forward(self, signals):
        return signals[:, 0, : len(self.scale)] * self.scale


class Mean(torch.nn.Module):
    """Every logit is the mean of the first lead."""

    def forward(self, signals):
        return signals[:, 0].mean(dim=1, keepdim=True).expand(-1, 26)


def test_windows_of_a_record_are_averaged(store, data, monkeypatch):
    records = store.records.copy()
    records.loc[1, ["record", "source"]] = records.loc[0, ["record", "source"]]
    monkeypatch.setitem(store.__dict__, "records", records)
    rows = data.split.train[:3]
    single = evaluation.probabilities(FirstSample(), data, rows, RECIPE)
    monkeypatch.setattr(evaluation, "probabilities", lambda *_, **__: single)
    records.loc[rows[1], ["record", "source"]] = records.loc[rows[0], ["record", "source"]].to_numpy()
    given = answers(FirstSample(), data, rows, RECIPE)
    assert len(given.labels) == len(given.probabilities) == len(given.rows) == 2
    assert any(np.allclose(row, single[:2].mean(axis=0)) for row in given.probabilities)


def test_probabilities_do_not_depend_on_how_rows_are_batched(data, monkeypatch):
    rows = data.split.train[:50]
    whole = evaluation.probabilities(FirstSample(), data, rows, RECIPE)
    monkeypatch.setattr(evaluation, "_LARGEST_BATCH", 7)
    np.testing.assert_allclose(whole, evaluation.probabilities(FirstSample(), data, rows, RECIPE), atol=1e-6)


def test_the_network_is_left_in_evaluation_mode_and_without_gradients(data):
    network = FirstSample().train()
    evaluation.probabilities(network, data, data.split.score, RECIPE)
    assert not network.training
    assert network.scale.grad is None


@pytest.mark.parametrize(
    ("samples", "length", "starts"),
    [(1000, 1000, [0]), (1000, 500, [0, 500]), (1000, 400, [0, 300, 600]), (1000, 999, [0, 1])],
)
def test_crops_of_a_record_cover_it_evenly(samples, length, starts):
    assert view_starts(samples, length, Scoring.WHOLE) == starts
    assert view_starts(samples, length, Scoring.CENTRE) == [(samples - length) // 2]


def test_a_record_is_the_mean_over_its_crops_or_its_centre(store, data):
    rows = data.split.train[:4]
    lead = store.signals[rows][:, 0].astype(np.float32)

    def sigmoid(values):
        return 1 / (1 + np.exp(-values))

    whole = evaluation.probabilities(Mean(), data, rows, Recipe(crop=500))
    expected = (sigmoid(lead[:, :500].mean(axis=1)) + sigmoid(lead[:, 500:].mean(axis=1))) / 2
    np.testing.assert_allclose(whole[:, 0], expected, atol=1e-5)
    centre = evaluation.probabilities(Mean(), data, rows, Recipe(crop=500, scoring=Scoring.CENTRE))
    np.testing.assert_allclose(centre[:, 0], sigmoid(lead[:, 250:750].mean(axis=1)), atol=1e-5)


def test_scores_are_pooled_and_not_averaged_over_batches(data):
    """Batches whose probabilities lie at different heights: each ranks at random, all together rank well."""
    rng = np.random.default_rng(0)
    batches = 40
    heights = np.repeat(rng.uniform(0, 1, batches), 32)
    truth = (rng.uniform(size=heights.size) < heights).astype(int)
    probability = np.clip(heights + rng.normal(0, 0.01, heights.size), 0, 1)
    labels, given = np.zeros((len(truth), 26), dtype=np.uint8), np.full((len(truth), 26), 0.1)
    labels[:, 0], given[:, 0] = truth, probability
    fold = evaluation.Answers(np.arange(len(truth)), labels, given)
    scores = score_answers(fold, np.full(26, 0.5), data)
    assert scores.overall["macro_auroc"] == pytest.approx(roc_auc_score(truth, probability), abs=1e-9)
    assert scores.overall["macro_auprc"] == pytest.approx(average_precision_score(truth, probability), abs=1e-9)
    assert scores.overall["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(truth, probability >= 0.5))
    parts = [
        roc_auc_score(truth[batch], probability[batch])
        for batch in np.arange(len(truth)).reshape(batches, 32)
        if 0 < truth[batch].sum() < 32
    ]
    assert np.mean(parts) < 0.6
    assert scores.overall["macro_auroc"] > 0.75


def test_thresholds_and_intervals_come_with_the_main_scores(store, data):
    tuned = answers(FirstSample(), data, data.split.thresholds, RECIPE)
    scored = answers(FirstSample(), data, data.split.score, RECIPE)
    thresholds = choose(tuned, data)
    assert thresholds.shape == (26,)
    intervals = score_intervals(scored, thresholds, data)
    scores = score_answers(scored, thresholds, data).overall
    assert intervals.keys() == {"balanced_accuracy", "challenge_score"}
    low, high = intervals["challenge_score"]
    assert low <= scores["challenge_score"] <= high
    narrowed = data.with_labels(store.vocabulary.names[:5])
    fewer = evaluation.Answers(scored.rows, scored.labels[:, :5], scored.probabilities[:, :5])
    assert score_intervals(fewer, thresholds[:5], narrowed).keys() == {"balanced_accuracy", "macro_auroc"}
