import csv
import shutil

import numpy as np
import pytest

from ecg.errors import StoreError
from ecg.prepare import prepare
from ecg.signal import Preprocessing
from ecg.store import RecordStore


def _rejected(store):
    with (store / "rejected.csv").open() as file:
        return list(csv.DictReader(file))


def test_all_50_challenge_records_are_accepted(shared, tmp_path):
    done = prepare(shared / "data/challenge2021", tmp_path / "s", Preprocessing())
    assert (done.accepted, done.rejected) == (50, 0)
    assert done.sources == {"georgia": 20, "ningbo": 20, "ptb-xl": 10}


def test_ptbxl_keeps_its_own_folds_patients_and_superclasses(shared, tmp_path):
    done = prepare(shared / "data/ptbxl", tmp_path / "s", Preprocessing())
    store = RecordStore.open(tmp_path / "s")
    assert (done.accepted, done.rejected) == (500, 0)
    first = store.records.iloc[0]
    assert (first["record"], first["patient"], first["fold"], first["sex"]) == ("00001_lr", "15709", 3, "F")
    assert dict(zip(store.vocabulary.names, store.labels[0], strict=True))["NORM"] == 1
    duplicates = store.records.dropna(subset="duplicate_of")
    assert list(zip(duplicates["record"], duplicates["duplicate_of"], strict=True)) == [
        ("00457_lr", "00456_lr"),
        ("00460_lr", "00459_lr"),
    ]


def test_unusable_records_are_listed_with_their_reason_and_stop_nobody(shared, tmp_path):
    done = prepare(shared / "data/wild", tmp_path / "s", Preprocessing())
    reasons = {row["path"]: row["reason"] for row in _rejected(tmp_path / "s")}
    assert done.accepted + done.rejected == 6
    assert "75% of a lead's samples are missing" in reasons["nan_leads/01017_lr.hea"]


def test_a_broken_header_is_rejected_and_the_others_go_on(corpus, tmp_path):
    copy = shutil.copytree(corpus, tmp_path / "corpus")
    broken = sorted(copy.rglob("*.hea"))[0]
    broken.write_text("what is this\n")
    done = prepare(copy, tmp_path / "s", Preprocessing())
    assert (done.accepted, done.rejected) == (119, 1)
    assert _rejected(tmp_path / "s")[0]["path"] == broken.relative_to(copy).as_posix()


def test_a_corpus_of_nothing_but_broken_records_leaves_no_store(tmp_path):
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.hea").write_text("what is this\n")
    with pytest.raises(StoreError, match=r"none of the 1 records .* the first, a.hea: unreadable WFDB record"):
        prepare(tmp_path / "corpus", tmp_path / "s", Preprocessing())
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_folders_that_hold_no_corpus_are_named(tmp_path):
    (tmp_path / "corpus").mkdir()
    with pytest.raises(StoreError, match="no ECG records in"):
        prepare(tmp_path / "corpus", tmp_path / "s", Preprocessing())
    with pytest.raises(StoreError, match="is not a folder"):
        prepare(tmp_path / "nowhere", tmp_path / "s", Preprocessing())


def test_an_existing_store_is_not_overwritten(corpus, store):
    with pytest.raises(StoreError, match="exists already"):
        prepare(corpus, store.path, Preprocessing())


def test_the_same_corpus_gives_the_same_store(corpus, store, tmp_path):
    assert prepare(corpus, tmp_path / "s", Preprocessing()).fingerprint == store.fingerprint


def test_copies_in_another_source_share_the_folds_of_their_originals(corpus, tmp_path):
    copy = shutil.copytree(corpus, tmp_path / "corpus")
    for path in sorted((copy / "training/north/g1").iterdir())[:60]:
        target = copy / "training" / "elsewhere" / "g1" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    done = prepare(copy, tmp_path / "s", Preprocessing())
    store = RecordStore.open(tmp_path / "s")
    fold = store.records.groupby("sha256")["fold"].nunique()
    train, held_back = store.split_training(range(1, 9))
    signals = [set(store.records["sha256"].iloc[rows]) for rows in (train, held_back)]
    assert done.duplicates == 30
    assert fold.max() == 1
    assert not signals[0] & signals[1]


def test_a_source_called_na_is_a_source_and_a_repeated_name_is_refused(corpus, tmp_path):
    copy = shutil.copytree(corpus / "training/south/g1", tmp_path / "corpus" / "NA" / "g1")
    (tmp_path / "corpus" / "NA" / "g2").mkdir()
    for path in sorted(copy.iterdir())[:2]:
        shutil.copy(path, tmp_path / "corpus" / "NA" / "g2")
    done = prepare(tmp_path / "corpus", tmp_path / "s", Preprocessing())
    records = RecordStore.open(tmp_path / "s").records
    assert (done.accepted, done.rejected) == (60, 1)
    assert set(records["source"]) == {"NA"}
    assert "was read before" in _rejected(tmp_path / "s")[0]["reason"]


def test_copies_of_a_record_share_its_fold_and_are_marked(corpus, tmp_path):
    copy = shutil.copytree(corpus, tmp_path / "corpus")
    original = sorted(copy.rglob("*.hea"))[0]
    for suffix in (".hea", ".mat"):
        source = original.with_suffix(suffix)
        target = source.with_name(f"ZZ{source.name}")
        target.write_bytes(source.read_bytes().replace(original.stem.encode(), f"ZZ{original.stem}".encode()))
    done = prepare(copy, tmp_path / "s", Preprocessing())
    records = RecordStore.open(tmp_path / "s").records.set_index("record")
    assert done.duplicates == 1
    assert records.loc[f"ZZ{original.stem}", "duplicate_of"] == original.stem
    assert records.loc[f"ZZ{original.stem}", "fold"] == records.loc[original.stem, "fold"]


def test_labels_are_those_of_the_headers(corpus, store):
    for row in np.linspace(0, 119, 10).astype(int):
        record = store.records.iloc[row]
        header = next(corpus.rglob(f"{record['record']}.hea")).read_text()
        codes = set(next(line for line in header.splitlines() if "Dx" in line).split(": ")[1].split(","))
        expected = [bool(codes & set(label.codes)) for label in store.vocabulary.labels]
        np.testing.assert_array_equal(store.labels[row].astype(bool), expected)
