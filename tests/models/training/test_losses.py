import math

import pytest
import torch

from models.training.losses import Criterion, asymmetric
from models.training.recipe import Loss

LOGITS = torch.tensor([[2.0, -1.0, 0.3], [-4.0, 0.0, 6.0]])
LABELS = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])


def published_asymmetric(logit, label):
    """Ridnik et al., eq. 7, one number at a time: focusing 4 and 1, shift .05."""
    p = 1 / (1 + math.exp(-logit))
    if label:
        return -(1 - p) * math.log(p)
    shifted = max(p - 0.05, 0.0)
    return -(shifted**4) * math.log(1 - shifted)


def test_asymmetric_is_the_published_formula():
    found = asymmetric(LOGITS, LABELS)
    for row in range(2):
        for column in range(3):
            expected = published_asymmetric(LOGITS[row, column].item(), LABELS[row, column].item())
            assert found[row, column].item() == pytest.approx(expected, rel=1e-5, abs=1e-7)


def test_asymmetric_stays_finite_for_extreme_logits():
    logits = torch.tensor([[1e4, -1e4, 1e4, -1e4]], requires_grad=True)
    loss = asymmetric(logits, torch.tensor([[1.0, 1.0, 0.0, 0.0]])).sum()
    loss.backward()
    assert torch.isfinite(loss)
    assert torch.isfinite(logits.grad).all()


def test_asymmetric_is_summed_and_cross_entropy_is_a_mean():
    summed, mean = Criterion.of(Loss.ASYMMETRIC, LABELS), Criterion.of(Loss.BCE, LABELS)
    assert torch.allclose(summed.per_record(LOGITS, LABELS), asymmetric(LOGITS, LABELS).sum(dim=1))
    expected = torch.nn.BCEWithLogitsLoss()(LOGITS, LABELS)
    assert (mean.per_record(LOGITS, LABELS).sum() / mean.divisor(2)).item() == pytest.approx(expected.item())
    assert (summed.divisor(2), mean.divisor(2)) == (1, 2)


def test_weights_make_positives_count_as_often_as_negatives():
    labels = torch.zeros(1000, 4)
    labels[:250, 0] = 1  # three negatives to each
    labels[:1, 1] = 1  # 999, more than a weight may be
    labels[:, 2] = 1  # none
    weight = Criterion.of(Loss.WEIGHTED_BCE, labels).positive_weight
    assert weight.tolist() == pytest.approx([3, 100, 0.01, 1])
    expected = torch.nn.BCEWithLogitsLoss(pos_weight=weight)(LOGITS.repeat(1, 2)[:, :4], labels[:2])
    made = Criterion(Loss.WEIGHTED_BCE, weight)
    assert made.per_record(LOGITS.repeat(1, 2)[:, :4], labels[:2]).mean().item() == pytest.approx(expected.item())
