import numpy as np

from ecg.preparation.duplicates import CORRELATED, WIDTH, first_copies, sketch


def _windows(n, rng, length=500):
    """Unlike walks, z-scored per lead, and what they were divided by."""
    signal = np.cumsum(rng.normal(size=(n, 12, length)), axis=2)
    return _z_scored(signal)


def _z_scored(signal):
    signal = signal - signal.mean(axis=2, keepdims=True)
    scales = signal.std(axis=2)
    return (signal / scales[:, :, None]).astype(np.float32), scales.astype(np.float32)


def _first(windows, scales):
    stored = windows.astype(np.float16)
    return first_copies(sketch(windows, scales), [str(hash(w.tobytes())) for w in stored], lambda i: stored[i])


def test_sketches_keep_distances():
    windows, scales = _windows(60, np.random.default_rng(0))
    sketches = sketch(windows, scales)
    assert sketches.shape == (60, WIDTH)
    flat = (windows * scales[:, :, None]).reshape(60, -1)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    upper = np.triu_indices(60, 1)
    true = 2 - 2 * (flat @ flat.T)[upper]
    buckets = sketches[:, :-12]
    seen = 2 - 2 * (buckets @ buckets.T)[upper]
    assert abs(np.mean(seen / true) - 1) < 0.1
    assert np.std(seen / true) < 0.35


def test_copies_above_the_threshold_are_found_and_those_below_are_not():
    rng = np.random.default_rng(1)
    windows, scales = _windows(200, rng)
    signal = windows * scales[:, :, None]
    spread = signal.std(axis=(1, 2))

    def with_noise(row, correlation):
        """A copy whose correlation with the original is as given: noise of variance 1/r^2 - 1."""
        noise = rng.normal(size=signal[row].shape) * spread[row] * np.sqrt(correlation**-2 - 1)
        return signal[row] + noise

    copies = [with_noise(row, r) for row, r in ((3, 0.9996), (7, 0.9993), (11, 0.9980), (3, 0.9997))]
    copies.append(signal[20] * 2.5)  # another gain
    copies += [with_noise(row, 0.9991) for row in range(30, 130)]  # recall close to the threshold
    everything, scales = _z_scored(np.concatenate([signal, np.stack(copies)]))
    first = _first(everything, scales)
    assert first[200:205].tolist() == [3, 7, 202, 3, 20]
    np.testing.assert_array_equal(first[205:], np.arange(30, 130))
    np.testing.assert_array_equal(first[:200], np.arange(200))


def test_many_equal_windows_are_one_group():
    windows, scales = _windows(3, np.random.default_rng(2))
    order = [0, 1, 1, 1, 2, *[1] * 500]
    assert _first(windows[order], scales[order]).tolist() == [0, 1, 1, 1, 4, *[1] * 500]


def test_a_large_group_of_near_copies_is_not_cut():
    """Forty windows, all alike above the threshold: more than a window's first few neighbours."""
    rng = np.random.default_rng(4)
    windows, scales = _windows(30, rng)
    signal = windows * scales[:, :, None]
    noise = rng.normal(size=(40, *signal[5].shape)) * signal[5].std() * np.sqrt(0.9998**-2 - 1)
    everything, scales = _z_scored(np.concatenate([signal, signal[5] + noise]))
    assert _first(everything, scales)[30:].tolist() == [5] * 40


def test_one_window_has_no_copy():
    assert _first(*_windows(1, np.random.default_rng(3))).tolist() == [0]


def test_the_pairs_among_real_records_are_those_of_comparing_all(shared, tmp_path):
    from ecg.preparation import Choices, prepare
    from ecg.signal import Preprocessing, windows
    from ecg.sources import open_corpus

    corpus = open_corpus(shared / "data/challenge2021", rate=100.0)
    flat, names = [], []
    for entry in corpus.entries():
        record = corpus.read(entry)
        made = windows(record.signal, record.rate, Preprocessing())
        unit = (made.cut * made.scales[:, :, None]).reshape(-1)
        flat.append(unit / np.linalg.norm(unit))
        names.append(f"{record.source}/{record.name}")
    correlation = np.triu(np.stack(flat) @ np.stack(flat).T, 1)
    expected = {(names[j], names[i]) for i, j in zip(*np.nonzero(correlation > CORRELATED), strict=True)}
    prepare(shared / "data/challenge2021", tmp_path / "s", Preprocessing(), Choices())
    from ecg.store import RecordStore

    table = RecordStore.open(tmp_path / "s").records.dropna(subset="duplicate_of")
    found = set(zip(table["source"] + "/" + table["record"], table["duplicate_of"], strict=True))
    assert found == expected == {("georgia/E07510", "georgia/E07509")}
