from dataclasses import replace

import numpy as np
import pytest

from ecg.labels import CHALLENGE
from ecg.synthetic import DEVICES, generate, synthesize

CODE = {label.name: label.codes[0] for label in CHALLENGE.labels}


@pytest.fixture(scope="module")
def records():
    return list(generate(300))


def test_a_record_depends_on_seed_and_index_alone(records):
    again = synthesize(17)
    np.testing.assert_array_equal(again.adc, records[17].adc)
    assert (again.codes, again.age, again.sex) == (records[17].codes, records[17].age, records[17].sex)
    assert not np.array_equal(synthesize(17, seed=1).adc, records[17].adc)


def test_twelve_classes_occur_and_combine(records):
    names = ("NSR", "AF", "SB", "STach", "LBBB", "RBBB", "IAVB", "PVC", "PAC", "LAD", "RAD", "TInv")
    counts = {name: sum(CODE[name] in record.codes for record in records) for name in names}
    assert min(counts.values()) > 20
    assert any(len(record.codes) == 4 for record in records)


def test_what_records_a_heart_does_not_change_its_labels(records):
    swapped = list(generate(20, devices=DEVICES[::-1]))
    assert [record.codes for record in swapped] == [record.codes for record in records[:20]]
    assert [record.device for record in swapped] == [record.device for record in records[1:21]]


@pytest.mark.parametrize("seconds", [1.0, 3.5, 30.0])
def test_records_have_the_length_asked_for(seconds):
    for index in range(40):
        record = synthesize(index, seconds=seconds)
        assert record.adc.shape == (12, round(seconds * record.device.rate))
        assert np.ptp(record.adc[1]) > 0.1 * record.device.gain


def test_amplitudes_are_in_proportion_to_the_gain():
    sensitive = [replace(device, gain=2 * device.gain) for device in DEVICES]
    for index in range(4):
        once, twice = synthesize(index).adc.astype(int), synthesize(index, devices=sensitive).adc.astype(int)
        assert np.abs(twice - 2 * once).max() <= 4
