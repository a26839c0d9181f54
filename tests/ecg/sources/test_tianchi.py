import numpy as np
import pytest

from ecg.errors import RecordRejected
from ecg.leads import LEADS
from ecg.sources.tianchi import TianchiCorpus


@pytest.fixture
def root(make_example):
    return make_example("tianchi").root


def test_four_limb_leads_follow_from_i_and_ii(root):
    lead = dict(zip(LEADS, TianchiCorpus(root, rate=100.0, labels=None).read("train/1.txt").signal, strict=True))
    one, two = lead["I"], lead["II"]
    np.testing.assert_allclose(lead["III"], two - one)
    np.testing.assert_allclose(lead["aVR"], -(one + two) / 2)
    np.testing.assert_allclose(lead["aVL"], one - two / 2)
    np.testing.assert_allclose(lead["aVF"], two - one / 2)


def test_findings_become_classes_in_groups(root):
    corpus = TianchiCorpus(root, rate=100.0, labels=None)
    assert {label.name: label.group for label in corpus.vocabulary.labels} == {
        "窦性心律": "arrhythmia",
        "电轴左偏": "axis deviation",
    }
    assert corpus.read("train/2.txt").codes == ("窦性心律", "电轴左偏")


def test_the_list_of_findings_orders_the_classes(root):
    (root / "hf_round1_arrythmia.txt").write_text("电轴左偏\n窦性心律\nT波改变\n", encoding="gb18030")
    assert TianchiCorpus(root, rate=100.0, labels=None).vocabulary.names == ["电轴左偏", "窦性心律", "T波改变"]


def test_a_record_only_the_list_knows_is_rejected(root):
    (root / "train/3.txt").unlink()
    corpus = TianchiCorpus(root, rate=100.0, labels=None)
    assert "3.txt" in corpus.entries()
    with pytest.raises(RecordRejected, match=r"No such file or directory: 3\.txt"):
        corpus.read("3.txt")


@pytest.mark.parametrize("text", ["", "I II\n1 2\n", "I II V1 V2 V3 V4 V5 V6\n1 2 3\n", "\0\0\0\0"])
def test_what_is_no_table_of_eight_leads_is_rejected(root, text):
    (root / "train/0.txt").write_text(text)
    with pytest.raises(RecordRejected):
        TianchiCorpus(root, rate=100.0, labels=None).read("train/0.txt")


def test_files_of_one_name_in_two_folders_are_two_records(root):
    (root / "test").mkdir()
    (root / "test/1.txt").write_text((root / "train/1.txt").read_text())
    entries = TianchiCorpus(root, rate=100.0, labels=None).entries()
    assert {"test/1.txt", "train/1.txt"} <= set(entries)


def test_a_label_list_is_told_from_other_texts(root):
    (root / "label_names.txt").write_text("AF atrial fibrillation\n")
    assert TianchiCorpus.recognises(root)
    (root / "hf_round1_label.txt").unlink()
    assert not TianchiCorpus.recognises(root)
