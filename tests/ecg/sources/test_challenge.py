import numpy as np
import pytest

from ecg.leads import LEADS
from ecg.sources.challenge import ChallengeCorpus, source_of


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


def test_records_in_a_patients_folder_are_that_patients(tmp_path):
    folder = tmp_path / "patient007"
    folder.mkdir()
    assert _write(folder, "s0010_re", 1000, 1).patient == "patient007"
