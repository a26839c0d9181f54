from itertools import pairwise

import numpy as np
import pytest
import torch

from models.training.data import Split, TrainingData, shuffled_batches


def test_the_split_is_the_fold_rules(store):
    split = Split.of(store)
    fold = store.records["fold"].to_numpy()
    assert set(fold[split.score]) == {9}
    assert set(fold[np.concatenate([split.train, split.thresholds])]) == set(range(1, 9))
    assert set(fold[Split.to_test(store).score]) == {10}
    assert not len(Split.to_test(store).train)


def test_other_folds_can_be_asked_for(store):
    split = Split.of(store, train_folds=(1, 2), score_folds=(9, 10))
    fold = store.records["fold"].to_numpy()
    assert set(fold[split.rows]) == {1, 2, 9, 10}


def test_subsets_are_nested_and_split_no_patient(store, data):
    train = data.split.train
    group = np.array(store.groups(train))
    shares = (0.05, 0.2, 0.5, 0.9, 1.0)
    subsets = [data.training_rows(share) for share in shares]
    for smaller, larger in pairwise(subsets):
        assert set(smaller) < set(larger)
    for share, rows in zip(shares, subsets, strict=True):
        assert share * len(train) <= len(rows) <= share * len(train) + 5
        inside = np.isin(train, rows)
        assert not set(group[inside]) & set(group[~inside])


def test_batches_bring_signals_with_their_own_labels(store, data):
    plan = shuffled_batches(data.split.train, 8, seed=0, epoch=1)
    for rows, (signals, labels) in zip(plan, data.batches(plan), strict=True):
        whole = signals.crops(torch.zeros(len(rows), dtype=int), store.length)
        np.testing.assert_array_equal(whole.numpy(), store.signals[rows].astype(np.float32))
        np.testing.assert_array_equal(labels.numpy(), store.labels[rows])


def test_fewer_labels_share_split_and_signals(store, data):
    names = [store.vocabulary.names[3], store.vocabulary.names[0]]
    narrowed = data.with_labels(names)
    assert narrowed.signals is data.signals
    rows = data.split.train[:5]
    np.testing.assert_array_equal(narrowed.labels(rows).numpy(), store.labels[rows][:, [3, 0]])
    np.testing.assert_array_equal(data.labels(rows).numpy(), store.labels[rows])


def test_batches_cover_every_row_once_in_an_order_of_seed_and_epoch():
    rows = np.arange(100, 196)
    batches = shuffled_batches(rows, 32, seed=1, epoch=1)
    assert sorted(np.concatenate(batches)) == rows.tolist()
    assert all((np.diff(batch) > 0).all() for batch in batches)
    again, other = (np.concatenate(shuffled_batches(rows, 32, seed=1, epoch=epoch)) for epoch in (1, 2))
    np.testing.assert_array_equal(np.concatenate(batches), again)
    assert not np.array_equal(again, other)


def test_fold_ten_never_leaves_the_disk(store):
    """Neither its signals nor its labels are among what trainings hold."""
    data = TrainingData(store, Split.of(store))
    test = store.rows([10])
    assert not np.isin(data.signals._rows, test).any()
    assert len(data._labels) == len(data.split.rows)
    with pytest.raises(AssertionError, match="not of the split"):
        data.labels(test)
