import csv
import shutil
import subprocess
import sys

import numpy as np
import pytest

from ecg.errors import StoreError
from ecg.preparation import Choices, prepare
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
    assert (done.accepted, done.rejected, done.duplicates, done.layout) == (495, 5, 5, "ptbxl")
    first = store.records.iloc[0]
    assert (first["record"], first["patient"], first["fold"], first["sex"]) == ("00001_lr", "15709", 3, "F")
    assert dict(zip(store.vocabulary.names, store.labels[0], strict=True))["NORM"] == 1
    assert not store.records["duplicate_of"].notna().any()
    left_out = {row["path"][-8:]: row["reason"].split(",")[0] for row in _rejected(tmp_path / "s")}
    assert left_out == {  # the pairs that the shared data's README names
        "00138_lr": "a copy of ptbxl/00137_lr",
        "00144_lr": "a copy of ptbxl/00143_lr",
        "00457_lr": "a copy of ptbxl/00456_lr",
        "00460_lr": "a copy of ptbxl/00459_lr",
        "00463_lr": "a copy of ptbxl/00145_lr",
    }


def test_copies_are_kept_and_marked_when_told(shared, tmp_path):
    done = prepare(shared / "data/ptbxl", tmp_path / "s", Preprocessing(), Choices(keep_duplicates=True))
    records = RecordStore.open(tmp_path / "s").records.set_index("record")
    assert (done.accepted, done.rejected, done.duplicates) == (500, 0, 5)
    assert records.loc["00463_lr", "duplicate_of"] == "ptbxl/00145_lr"
    assert (records.loc["00463_lr", "fold"], records.loc["00145_lr", "fold"]) == (1, 3)


def test_every_wild_record_has_its_outcome(shared, tmp_path):
    done = prepare(shared / "data/wild", tmp_path / "s", Preprocessing())
    records = RecordStore.open(tmp_path / "s").records
    first = records.drop_duplicates("record").set_index("record")
    assert (done.accepted, done.rejected) == (4, 2)
    assert first["flags"].fillna("").to_dict() == {
        "A0002": "no_label",
        "s0010_re": "no_label",
        "E00666": "",
        "S0010": "gain_corrected:1000 no_label",
    }
    assert first["source"].to_dict() == {
        "A0002": "cpsc_2018",
        "s0010_re": "fifteen_leads_1000hz",
        "E00666": "georgia",
        "S0010": "ptb",
    }
    assert records["record"].value_counts().to_dict() == {"S0010": 11, "s0010_re": 3, "A0002": 1, "E00666": 1}
    reasons = {row["path"]: row["reason"] for row in _rejected(tmp_path / "s")}
    assert reasons == dict.fromkeys(
        ("nan_leads/01017_lr.hea", "nan_leads/01018_lr.hea"),
        "75% of a lead's samples are missing; at most 10% are interpolated",
    )


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
    with pytest.raises(
        StoreError, match=r"none of the 1 records .* the first, a.hea: 'what is this' is no record line"
    ):
        prepare(tmp_path / "corpus", tmp_path / "s", Preprocessing())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corpus", "s.rejected.csv"]


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
    assert records.loc[f"ZZ{original.stem}", "duplicate_of"] == f"north/{original.stem}"
    assert records.loc[f"ZZ{original.stem}", "fold"] == records.loc[original.stem, "fold"]


def test_labels_are_those_of_the_headers(corpus, store):
    for row in np.linspace(0, 119, 10).astype(int):
        record = store.records.iloc[row]
        header = next(corpus.rglob(f"{record['record']}.hea")).read_text()
        codes = set(next(line for line in header.splitlines() if "Dx" in line).split(": ")[1].split(","))
        expected = [bool(codes & set(label.codes)) for label in store.vocabulary.labels]
        np.testing.assert_array_equal(store.labels[row].astype(bool), expected)


def test_unknown_codes_are_kept_and_counted_but_not_scored(shared, tmp_path):
    done = prepare(shared / "data/challenge2021", tmp_path / "s", Preprocessing())
    store = RecordStore.open(tmp_path / "s")
    assert done.unscored["55827005"] == 5  # left ventricular high voltage, in five of the headers
    assert store.records["codes"].str.contains("55827005").sum() == 5
    assert "55827005" not in {code for label in store.vocabulary.labels for code in label.codes}


def test_einthovens_law_is_checked_for_each_source(shared, tmp_path):
    done = prepare(shared / "data/challenge2021", tmp_path / "s", Preprocessing())
    assert set(done.einthoven) == {"georgia", "ningbo", "ptb-xl"}
    assert all(said["median_mv"] < 0.0011 and said["breaches"] == 0 for said in done.einthoven.values())


def test_a_source_left_out_is_fold_10_whole_and_alone(shared, tmp_path):
    prepare(shared / "data/challenge2021", tmp_path / "s", Preprocessing(), Choices(leave_out="ptb-xl"))
    records = RecordStore.open(tmp_path / "s").records
    assert set(records.loc[records["fold"] == 10, "source"]) == {"ptb-xl"}
    assert set(records.loc[records["source"] == "ptb-xl", "fold"]) == {10}
    assert set(records.loc[records["source"] != "ptb-xl", "fold"]) == set(range(1, 10))


def test_copies_of_a_source_left_out_are_left_out_of_the_others(corpus, tmp_path):
    copy = shutil.copytree(corpus, tmp_path / "corpus")
    for path in sorted((copy / "training/north/g1").iterdir())[:20]:
        target = copy / "training" / "elsewhere" / "g1" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    done = prepare(copy, tmp_path / "s", Preprocessing(), Choices(leave_out="north"))
    assert done.sources == {"north": 60, "south": 60}
    assert (done.rejected, done.duplicates) == (10, 10)
    assert "a recording or a patient of north, which is held back" in _rejected(tmp_path / "s")[0]["reason"]


@pytest.mark.parametrize(
    ("source", "message"),
    [("nowhere", "there is no source nowhere to leave out; the corpus has north"), ("north", "is the only source")],
)
def test_a_source_that_cannot_be_left_out_is_named(corpus, tmp_path, source, message):
    only_north = shutil.copytree(corpus / "training/north", tmp_path / "north")
    with pytest.raises(StoreError, match=message):
        prepare(only_north, tmp_path / "s", Preprocessing(), Choices(leave_out=source))
    assert not (tmp_path / "s").exists()


def test_two_processes_make_the_same_store_as_one(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("ecg.preparation.pool.CHUNK", 16)
    one = prepare(corpus, tmp_path / "one", Preprocessing(), processes=1)
    two = prepare(corpus, tmp_path / "two", Preprocessing(), processes=2)
    assert one.fingerprint == two.fingerprint
    assert (tmp_path / "one/signals.npy").read_bytes() == (tmp_path / "two/signals.npy").read_bytes()


class _Interruption:
    """Raises an error once so many records are done."""

    def __init__(self, after, error):
        self.after, self.error = after, error

    def __call__(self, done, total):
        if done >= self.after:
            raise self.error


@pytest.mark.parametrize("processes", [1, 2])
def test_an_interrupted_preparation_leaves_no_store_and_is_resumed(corpus, store, tmp_path, monkeypatch, processes):
    monkeypatch.setattr("ecg.preparation.pool.CHUNK", 16)
    with pytest.raises(KeyboardInterrupt):
        prepare(
            corpus,
            tmp_path / "s",
            Preprocessing(),
            processes=processes,
            progress=_Interruption(48, KeyboardInterrupt()),
        )
    assert not (tmp_path / "s").exists()
    done = prepare(corpus, tmp_path / "s", Preprocessing(), processes=processes)
    assert done.resumed == 48
    assert done.fingerprint == store.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["s"]


def test_a_full_disk_is_a_failed_run_that_can_go_on(corpus, store, tmp_path, monkeypatch):
    from ecg.errors import PreparationFailed
    from ecg.store.writer import SignalFile

    monkeypatch.setattr("ecg.preparation.pool.CHUNK", 16)
    write = SignalFile.append

    def full(self, windows):
        if self.count >= 64:
            raise OSError(28, "No space left on device")
        write(self, windows)

    with monkeypatch.context() as patch:
        patch.setattr(SignalFile, "append", full)
        with pytest.raises(PreparationFailed, match=r"No space left on device; .* goes on after the 64 of 120 records"):
            prepare(corpus, tmp_path / "s", Preprocessing())
    done = prepare(corpus, tmp_path / "s", Preprocessing())
    assert (done.resumed, done.fingerprint) == (64, store.fingerprint)


def test_other_settings_do_not_resume(corpus, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        prepare(corpus, tmp_path / "s", Preprocessing(200.0), progress=_Interruption(120, KeyboardInterrupt()))
    assert prepare(corpus, tmp_path / "s", Preprocessing()).resumed == 0


def test_a_store_in_the_making_belongs_to_one_process(corpus, tmp_path):
    said = []

    def prepare_again(done, total):
        command = [sys.executable, "-m", "search.cli", "data", "prepare", str(corpus), "--out", str(tmp_path / "s")]
        said.append(subprocess.run(command, capture_output=True, text=True, check=False))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(corpus, tmp_path / "s", Preprocessing(), progress=prepare_again)
    assert said[0].returncode == 2
    assert "another process is preparing" in said[0].stderr
