import json
import shutil

import numpy as np
import pytest

from ecg.errors import StoreError
from ecg.store import RECORD_COLUMNS, RecordStore


def test_files_and_columns_are_the_contract(store):
    assert {path.name for path in store.path.iterdir()} == {
        "signals.npy",
        "labels.npy",
        "records.csv",
        "rejected.csv",
        "manifest.json",
    }
    assert store.signals.dtype == np.float16
    assert store.signals.shape == (120, 12, 1000)
    assert store.labels.shape == (120, 26)
    assert tuple(store.records.columns) == RECORD_COLUMNS


def test_the_split_leaves_no_patient_on_two_sides(store):
    train, held_back = store.split_training(range(1, 9))
    sides = [train, held_back, store.rows([9]), store.rows([10])]
    patients = [set(store.records["patient"].iloc[rows]) for rows in sides]
    assert sum(map(len, sides)) == 120
    assert sum(map(len, patients)) == len(set.union(*patients))


@pytest.fixture
def copy(store, tmp_path):
    return shutil.copytree(store.path, tmp_path / "copy")


def test_a_copy_has_the_same_fingerprint(store, copy):
    assert RecordStore.open(copy).fingerprint == store.fingerprint


def test_changed_labels_are_noticed(copy):
    labels = np.load(copy / "labels.npy")
    np.save(copy / "labels.npy", 1 - labels)
    with pytest.raises(StoreError, match="was changed after it was prepared"):
        RecordStore.open(copy)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("manifest.json", "{", "is not JSON"),
        ("manifest.json", "{}", "lacks a store's keys"),
        ("signals.npy", "", "damaged"),
    ],
)
def test_damage_is_named(copy, name, content, message):
    (copy / name).write_text(content)
    with pytest.raises(StoreError, match=message):
        RecordStore.open(copy)


def test_a_missing_store_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(StoreError, match=r"ecgscale data prepare SRC --out"):
        RecordStore.open(tmp_path / "none")


def test_another_version_is_refused(copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps(manifest | {"version": 99}))
    with pytest.raises(StoreError, match="version 99"):
        RecordStore.open(copy)


def test_a_changed_signal_is_noticed_when_signals_are_verified(store, copy):
    with (copy / "signals.npy").open("r+b") as file:
        file.seek(50_000)
        file.write(b"\x55" * 100)
    damaged = RecordStore.open(copy)
    store.verify_signals()
    with pytest.raises(StoreError, match=r"the signal in row \d+ .* is not the one that was prepared"):
        damaged.verify_signals()
