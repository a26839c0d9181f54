import h5py
import numpy as np

from ecg.sources.code15 import Code15Corpus


def test_the_filler_with_exam_id_0_is_no_record(make_example):
    corpus = Code15Corpus(make_example("code15").root, rate=100.0, labels=None)
    assert corpus.entries() == [f"exams_part0.hdf5/{exam}" for exam in range(100, 104)]


def test_labels_patient_age_and_sex_come_from_the_table(make_example):
    record = Code15Corpus(make_example("code15").root, rate=100.0, labels=None).read("exams_part0.hdf5/101")
    assert (record.codes, record.patient, record.age, record.sex) == (("RBBB",), "1", 41, "F")


def test_an_exam_without_a_row_and_a_part_that_is_no_hdf5_are_rejected(make_example, tmp_path):
    import pytest

    from ecg.errors import RecordRejected
    from ecg.preparation import prepare
    from ecg.signal import Preprocessing

    root = make_example("code15").root
    with h5py.File(root / "exams_part1.hdf5", "w") as part:
        part["exam_id"] = np.array([7])
        part["tracings"] = np.ones((1, 4096, 12), np.float32)
    (root / "exams_part2.hdf5").write_bytes(b"not hdf5")
    corpus = Code15Corpus(root, rate=100.0, labels=None)
    with pytest.raises(RecordRejected, match=r"exam 7 is not in exams\.csv"):
        corpus.read("exams_part1.hdf5/7")
    with pytest.raises(RecordRejected, match=r"exams_part2\.hdf5 is no HDF5 file"):
        corpus.read("exams_part2.hdf5")
    done = prepare(root, tmp_path / "store", Preprocessing())
    assert (done.accepted, done.rejected) == (4, 2)
