import numpy as np
import wfdb

from ecg.leads import LEADS
from ecg.synthetic import synthesize


def test_files_read_back_through_wfdb(corpus):
    header = sorted(corpus.rglob("NO*.hea"))[0]
    record = wfdb.rdrecord(str(header.with_suffix("")))
    made = synthesize(int(header.stem[2:]))
    np.testing.assert_allclose(record.p_signal.T, made.adc / made.device.gain, atol=1e-9)
    assert record.sig_name == list(LEADS)
    for row, checksum in zip(made.adc, record.checksum, strict=True):
        assert (int(row.sum(dtype=np.int64)) - checksum) % 65536 == 0
