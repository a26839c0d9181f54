import hashlib

import numpy as np
import pytest

from ecg.store.writer import SignalFile, stored_sha256

SAMPLES = 50


@pytest.fixture
def noise():
    return np.random.default_rng(0).standard_normal((10, 12, SAMPLES)).astype(np.float16)


def test_a_finished_file_is_a_numpy_array(tmp_path, noise):
    signals = SignalFile(tmp_path / "s.npy", SAMPLES)
    signals.append(noise[:4])
    signals.append(noise[4:])
    signals.finish()
    np.testing.assert_array_equal(np.load(tmp_path / "s.npy", mmap_mode="r"), noise)


def test_a_file_taken_up_again_drops_what_lies_behind(tmp_path, noise):
    with SignalFile(tmp_path / "s.npy", SAMPLES) as signals:
        signals.append(noise)
    with (tmp_path / "s.npy").open("ab") as file:
        file.write(b"half a window")
    with (tmp_path / "s.npy").open("rb") as file:
        digests = stored_sha256(file, SAMPLES, 8, 5)
    assert digests == [hashlib.sha256(window).hexdigest() for window in noise[8:]]
    with SignalFile(tmp_path / "s.npy", SAMPLES, 6) as signals:
        signals.append(noise[:2])
        signals.finish()
    np.testing.assert_array_equal(np.load(tmp_path / "s.npy"), noise[[0, 1, 2, 3, 4, 5, 0, 1]])


def test_only_the_kept_windows_are_copied(tmp_path, noise):
    source, target = SignalFile(tmp_path / "s.npy", SAMPLES), SignalFile(tmp_path / "t.npy", SAMPLES)
    source.append(np.tile(noise, (60, 1, 1)))
    kept = np.array([0, 3, 255, 256, 599])
    source.copy_kept(kept, target)
    target.finish()
    np.testing.assert_array_equal(np.load(tmp_path / "t.npy"), noise[kept % 10])
    np.testing.assert_array_equal(source.read_one(3), noise[3])
