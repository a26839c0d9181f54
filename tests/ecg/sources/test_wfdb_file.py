import numpy as np
import pytest

from ecg.errors import RecordRejected
from ecg.leads import LEADS
from ecg.sources.wfdb_file import read_wfdb

SAMPLES = 600


def _write(folder, *, leads=LEADS, gain="1000(0)/mV", adc=500):
    lines = [f"r {len(leads)} 500 {SAMPLES}", *(f"r.dat 16 {gain} 16 0 {adc} 0 0 {lead}" for lead in leads)]
    (folder / "r.hea").write_text("\n".join(lines) + "\n# Age: 50\n#Dx: 426783006\n")
    np.full(SAMPLES * len(leads), adc, dtype="<i2").tofile(folder / "r.dat")
    return folder / "r"


@pytest.mark.parametrize(("gain", "millivolt"), [("1000(0)/mV", 0.5), ("1000(100)/mV", 0.4), ("2(0)/uV", 0.25)])
def test_gain_baseline_and_unit_give_millivolt(tmp_path, gain, millivolt):
    read = read_wfdb(_write(tmp_path, gain=gain))
    assert read.signal.shape == (12, SAMPLES)
    np.testing.assert_allclose(read.signal, millivolt)


def test_leads_come_in_standard_order_whatever_the_spelling(tmp_path):
    path = _write(tmp_path, leads=[name.lower() for name in reversed(LEADS)])
    raw = np.arange(12, dtype="<i2")
    np.tile(raw, SAMPLES).tofile(path.with_suffix(".dat"))
    np.testing.assert_allclose(read_wfdb(path).signal[:, 0] * 1000, raw[::-1])


def test_a_missing_lead_is_named(tmp_path):
    with pytest.raises(RecordRejected, match="lead V6 missing"):
        read_wfdb(_write(tmp_path, leads=LEADS[:-1]))


def test_a_unit_that_is_no_voltage_is_named(tmp_path):
    with pytest.raises(RecordRejected, match="unit mmHg is not a voltage"):
        read_wfdb(_write(tmp_path, gain="1000(0)/mmHg"))


def test_a_missing_or_short_signal_file_is_a_rejection(tmp_path):
    path = _write(tmp_path)
    path.with_suffix(".dat").write_bytes(b"\0" * 100)
    with pytest.raises(RecordRejected, match="unreadable WFDB record"):
        read_wfdb(path)
    path.with_suffix(".dat").unlink()
    with pytest.raises(RecordRejected, match=r"No such file or directory: r\.dat"):
        read_wfdb(path)
