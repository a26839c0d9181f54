import numpy as np

from ecg.synthetic import DEVICES, Device


def test_devices_differ_in_rate_and_gain():
    assert len({device.rate for device in DEVICES}) == len({device.gain for device in DEVICES}) == len(DEVICES) == 2


def _amplitude_after(device, hertz):
    wave = np.sin(2 * np.pi * hertz * device.times(10.0))
    recorded = device.record(wave[None], np.random.default_rng(0))[0] / device.gain
    return np.ptp(recorded) / 2


def test_a_quiet_device_passes_what_lies_below_its_corner_and_halves_the_power_there():
    quiet = Device("quiet", "Q", 500, 10_000, noise=0.0, wander=0.0, mains=(50.0, 0.0), low_pass=40.0)
    assert abs(_amplitude_after(quiet, 5) - 1) < 0.02
    assert abs(_amplitude_after(quiet, 40) - np.sqrt(0.5)) < 0.02
    assert _amplitude_after(quiet, 120) < 0.06


def test_noise_is_in_whole_units_and_differs_by_lead():
    device = DEVICES[1]
    silence = device.record(np.zeros((8, 2570)), np.random.default_rng(0))
    np.testing.assert_array_equal(silence, np.rint(silence))
    assert np.all(silence.std(axis=1) > 0.01 * device.gain)
    assert len({tuple(row[:100]) for row in silence}) == 8
