import numpy as np

from ecg.folds import assign_folds, hold_back


def _corpus(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    labels = (rng.random((n, 4)) < [0.5, 0.2, 0.05, 0.01]).astype(int)
    patients = [f"p{i}" for i in rng.integers(0, n // 2, n)]
    return labels, patients


def test_no_patient_is_split():
    labels, patients = _corpus()
    folds = assign_folds(labels, patients)
    of = {}
    assert all(of.setdefault(patient, fold) == fold for patient, fold in zip(patients, folds, strict=True))


def test_every_label_is_spread_evenly():
    labels, patients = _corpus()
    folds = assign_folds(labels, patients)
    assert set(folds) == set(range(1, 11))
    for column in labels.T:
        counts = np.bincount(folds[column == 1], minlength=11)[1:]
        assert counts.max() - counts.min() <= max(3, 0.1 * counts.mean())
    sizes = np.bincount(folds)[1:]
    assert sizes.max() - sizes.min() <= 0.05 * sizes.mean()


def test_same_input_same_folds():
    labels, patients = _corpus()
    np.testing.assert_array_equal(assign_folds(labels, patients), assign_folds(labels, patients))


def test_a_tenth_of_the_patients_is_held_back():
    labels, patients = _corpus()
    held_back = hold_back(labels, patients)
    assert 0.08 < held_back.mean() < 0.12
    inside = {patient for patient, held in zip(patients, held_back, strict=True) if held}
    outside = {patient for patient, held in zip(patients, held_back, strict=True) if not held}
    assert not inside & outside
