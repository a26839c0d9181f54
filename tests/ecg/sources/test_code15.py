import h5py
import numpy as np
import pytest

from ecg.errors import RecordRejected, StoreError
from ecg.preparation import prepare
from ecg.preparation.chunk import prepare_chunk
from ecg.signal import Preprocessing
from ecg.sources.code15 import Code15Corpus


def test_the_filler_with_exam_id_0_is_no_record(make_example):
    corpus = Code15Corpus(make_example("code15").root, rate=100.0, labels=None)
    assert corpus.entries() == [f"exams_part0.hdf5/{exam}" for exam in range(100, 104)]


def test_labels_patient_age_and_sex_come_from_the_table(make_example):
    record = Code15Corpus(make_example("code15").root, rate=100.0, labels=None).read("exams_part0.hdf5/101")
    assert (record.codes, record.patient, record.age, record.sex) == (("RBBB",), "1", 41, "F")


def test_an_exam_without_a_row_and_a_part_that_is_no_hdf5_are_rejected(make_example, tmp_path):
    root = make_example("code15").root
    with h5py.File(root / "exams_part1.hdf5", "w") as part:
        part["exam_id"] = np.array([7])
        part["tracings"] = np.ones((1, 4096, 12), np.float32)
    (root / "exams_part2.hdf5").write_bytes(b"not hdf5")
    corpus = Code15Corpus(root, rate=100.0, labels=None)
    with pytest.raises(RecordRejected, match=r"exams\.csv has no row for it"):
        corpus.read("exams_part1.hdf5/7")
    with pytest.raises(RecordRejected, match=r"exams_part2\.hdf5 is no HDF5 file"):
        corpus.read("exams_part2.hdf5")
    done = prepare(root, tmp_path / "store", Preprocessing())
    assert (done.accepted, done.rejected) == (4, 2)


@pytest.fixture
def root(make_example):
    return make_example("code15").root


def _reasons(root):
    corpus = Code15Corpus(root, rate=100.0, labels=None)
    chunk = prepare_chunk(corpus, Preprocessing(), corpus.entries())
    return len({row["entry"] for row in chunk.rows}), dict(chunk.rejected)


def test_an_exam_with_two_different_rows_is_rejected_and_a_repeated_row_is_no_matter(root):
    table = root / "exams.csv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines, lines[1].replace("True", "False"), lines[2]]) + "\n")
    assert _reasons(root) == (3, {"exams_part0.hdf5/100": "exams.csv has 2 different rows for it"})


def test_a_label_that_is_neither_true_nor_false_rejects_its_exam(root):
    table = root / "exams.csv"
    table.write_text(table.read_text().replace("100,40,True,False,True", "100,40,True,False,x"))
    assert _reasons(root) == (3, {"exams_part0.hdf5/100": "RBBB is 'x'; expected True or False"})


def test_an_exam_that_occurs_twice_is_two_entries(root):
    with h5py.File(root / "exams_part0.hdf5", "r+") as part:
        part["exam_id"][1] = 100
    corpus = Code15Corpus(root, rate=100.0, labels=None)
    assert corpus.entries()[:2] == ["exams_part0.hdf5/100", "exams_part0.hdf5/100 in row 1"]
    assert corpus.read("exams_part0.hdf5/100 in row 1").name == "100"


def test_a_table_without_its_columns_is_named_at_once(root):
    table = root / "exams.csv"
    table.write_text(table.read_text().replace("RBBB", "rbbb"))
    with pytest.raises(StoreError, match="has no column RBBB"):
        Code15Corpus(root, rate=100.0, labels=None)
