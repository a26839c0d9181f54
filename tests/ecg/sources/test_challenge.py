import os

import numpy as np
import pytest
import wfdb

from ecg.errors import RecordRejected
from ecg.leads import LEADS
from ecg.sources.challenge import ChallengeCorpus, header_files, patient_of, source_of


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("A0002", "cpsc_2018"),
        ("Q0001", "cpsc_2018_extra"),
        ("I0001", "st_petersburg_incart"),
        ("S0010", "ptb"),
        ("HR06000", "ptb-xl"),
        ("E07500", "georgia"),
        ("JS00001", "chapman_shaoxing"),
        ("JS10647", "ningbo"),
    ],
)
def test_ids_of_the_challenge_tell_the_source(tmp_path, name, source):
    assert source_of(tmp_path / "g1" / f"{name}.hea", tmp_path) == source


def test_other_ids_have_the_source_of_their_folder(tmp_path):
    root = tmp_path / "corpus"
    assert source_of(root / "training/north/g1/NO00001.hea", root) == "north"
    assert source_of(root / "training/north/g1/NO00001.hea", root / "training/north/g1") == "north"
    assert source_of(root / "south/x1.hea", root) == "south"
    assert source_of(root / "x1.hea", root) == "corpus"


def _write(folder, name, gain, units):
    lines = [f"{name} 12 500 5000", *(f"{name}.mat 16+24 {gain}/mV 16 0 0 0 0 {lead}" for lead in LEADS)]
    (folder / f"{name}.hea").write_text("\n".join(lines) + "\n#Age: 300\n#Sex: Male\n#Dx: 426783006,9\n")
    header = np.array([30, 12, 5000, 0, 4], "<i4").tobytes() + b"val\0"
    (folder / f"{name}.mat").write_bytes(header + np.full(60_000, units, "<i2").tobytes())
    return ChallengeCorpus(folder, rate=100.0, labels=None).read(f"{name}.hea")


@pytest.mark.parametrize(
    ("name", "gain", "units", "factor"),
    [("E00001", 4880, 500, "4.88"), ("S0001", 2_000_000, 1000, "1000"), ("I0001", 306_000, 153, "1000")],
)
def test_gains_known_to_be_wrong_are_corrected_and_noted(tmp_path, name, gain, units, factor):
    record = _write(tmp_path, name, gain, units)
    np.testing.assert_allclose(record.signal, 0.5)
    assert record.flags == (f"gain_corrected:{factor}",)


def test_the_same_gain_of_another_source_is_left_alone(tmp_path):
    record = _write(tmp_path, "NO00001", 4880, 488)
    np.testing.assert_allclose(record.signal, 0.1)
    assert record.flags == ()


def test_age_sex_and_every_code_are_kept(tmp_path):
    record = _write(tmp_path, "NO00001", 1000, 1)
    assert np.isnan(record.age)
    assert (record.sex, record.codes) == ("M", ("426783006", "9"))


def test_a_wrong_gain_is_corrected_in_every_storage_format(tmp_path):
    millivolt = np.sin(np.arange(600) / 20)[:, None] * np.ones(12)
    names, fmt, zero = list(LEADS), ["212"] * 12, [0] * 12
    wfdb.wrsamp(
        "E00001", 500, ["mV"] * 12, names, millivolt, fmt=fmt, adc_gain=[1000.0] * 12, baseline=zero, write_dir=tmp_path
    )
    header = tmp_path / "E00001.hea"
    header.write_text(header.read_text().replace(" 1000.0(0)", " 4880(0)"))
    record = ChallengeCorpus(tmp_path, rate=100.0, labels=None).read("E00001.hea")
    np.testing.assert_allclose(record.signal, millivolt.T, atol=0.001)
    assert record.flags == ("gain_corrected:4.88",)


def test_a_patients_folder_tells_the_patient_and_not_the_source(tmp_path):
    root = tmp_path / "ptbdb"
    folder = root / "patient007"
    folder.mkdir(parents=True)
    assert _write(folder, "s0010_re", 1000, 1).patient == "patient007"
    assert source_of(folder / "s0010_re.hea", root) == "ptbdb"
    assert patient_of(root / "patients" / "x1.hea") == ""


def test_linked_folders_are_followed_and_a_loop_ends(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "data").mkdir()
    _write(tmp_path / "data", "NO00001", 1000, 1)
    (tmp_path / "corpus/linked").symlink_to(tmp_path / "data")
    (tmp_path / "data/loop").symlink_to(tmp_path / "data")
    assert header_files(tmp_path / "corpus") == ["linked/NO00001.hea"]


def test_pipes_and_devices_are_rejected_instead_of_read(tmp_path):
    _write(tmp_path, "NO00001", 1000, 1)
    os.mkfifo(tmp_path / "pipe.hea")
    (tmp_path / "NO00001.mat").unlink()
    (tmp_path / "NO00001.mat").symlink_to("/dev/zero")
    corpus = ChallengeCorpus(tmp_path, rate=100.0, labels=None)
    for entry, name in (("pipe.hea", "pipe.hea"), ("NO00001.hea", "NO00001.mat")):
        with pytest.raises(RecordRejected, match=f"{name} is no plain file"):
            corpus.read(entry)


def test_headers_are_found_whatever_the_case_of_their_suffix(tmp_path):
    _write(tmp_path, "NO00001", 1000, 1)
    (tmp_path / "NO00001.hea").rename(tmp_path / "NO00001.HEA")
    corpus = ChallengeCorpus(tmp_path, rate=100.0, labels=None)
    assert corpus.entries() == ["NO00001.HEA"]
    assert corpus.read("NO00001.HEA").name == "NO00001"
