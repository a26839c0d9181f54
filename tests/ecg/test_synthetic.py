import numpy as np
import pytest
import wfdb
from scipy.signal import find_peaks

from ecg.labels import CHALLENGE
from ecg.leads import LEADS
from ecg.synthetic import DEVICES, generate, synthesize

CODE = {label.name: label.codes[0] for label in CHALLENGE.labels}


@pytest.fixture(scope="module")
def records():
    return list(generate(300))


def test_limb_leads_obey_einthoven_exactly(records):
    lead = {name: i for i, name in enumerate(LEADS)}
    for record in records:
        one, two = record.adc[lead["I"]].astype(int), record.adc[lead["II"]].astype(int)
        np.testing.assert_array_equal(record.adc[lead["III"]], two - one)
        assert np.abs(record.adc[lead["aVR"]] + (one + two) / 2).max() <= 0.5


def test_a_record_depends_on_seed_and_index_alone(records):
    np.testing.assert_array_equal(synthesize(17).adc, records[17].adc)
    assert not np.array_equal(synthesize(17, seed=1).adc, records[17].adc)


def test_six_classes_occur_and_combine(records):
    counts = {
        name: sum(CODE[name] in r.codes for r in records) for name in ("NSR", "AF", "SB", "STach", "RBBB", "TInv")
    }
    assert min(counts.values()) > 20
    assert any(len(record.codes) == 3 for record in records)


def test_devices_differ_in_rate_and_gain():
    assert len({device.rate for device in DEVICES}) == len({device.gain for device in DEVICES}) == len(DEVICES) == 2


def _beats_per_minute(record):
    lead = record.adc[LEADS.index("II")] / record.device.gain
    slope = np.abs(np.gradient(lead)) * record.device.rate
    peaks, _ = find_peaks(slope, height=0.5 * slope.max(), distance=record.device.rate // 4)
    return 60 * (len(peaks) - 1) / ((peaks[-1] - peaks[0]) / record.device.rate)


def test_rates_are_those_of_the_rhythms(records):
    clean = [record for record in records if record.device.source == "north"]

    def median_rate(name):
        return np.median([_beats_per_minute(record) for record in clean if CODE[name] in record.codes])

    assert median_rate("SB") < 65 < median_rate("NSR") < 100 < median_rate("STach")


def test_atrial_fibrillation_is_irregular(records):
    def spread(record):
        lead = record.adc[LEADS.index("V5")] / record.device.gain
        peaks, _ = find_peaks(lead, height=0.6 * lead.max(), distance=record.device.rate // 4)
        return np.std(np.diff(peaks)) / np.mean(np.diff(peaks))

    clean = [record for record in records if record.device.source == "north"]
    irregular = np.median([spread(r) for r in clean if CODE["AF"] in r.codes])
    regular = np.median([spread(r) for r in clean if CODE["SB"] in r.codes])
    assert irregular > 1.5 * regular


def test_files_read_back_through_wfdb(corpus):
    header = sorted(corpus.rglob("NO*.hea"))[0]
    record = wfdb.rdrecord(str(header.with_suffix("")))
    made = synthesize(int(header.stem[2:]))
    np.testing.assert_allclose(record.p_signal.T, made.adc / made.device.gain, atol=1e-9)
    assert record.sig_name == list(LEADS)
    for row, checksum in zip(made.adc, record.checksum, strict=True):
        assert (int(row.sum(dtype=np.int64)) - checksum) % 65536 == 0
