import numpy as np

from ecg.inspection import inspect_store
from ecg.preparation import prepare
from ecg.signal import Preprocessing
from ecg.store import RecordStore


def test_counts_are_those_of_the_store(store):
    seen = inspect_store(store)
    assert (seen.windows, seen.records, seen.rejected, seen.layout) == (120, 120, 0, "challenge")
    assert sum(seen.folds) == 120
    assert {name: said["records"] for name, said in seen.sources.items()} == {"north": 60, "south": 60}
    for label, column in zip(seen.labels, store.labels.T, strict=True):
        assert label["positive"] == sum(label["folds"]) == column.sum()
    fold_3 = store.labels[store.rows([3])].sum(axis=0)
    np.testing.assert_array_equal([label["folds"][2] for label in seen.labels], fold_3)


def test_flags_and_like_reasons_are_counted_together(shared, tmp_path):
    prepare(shared / "data/wild", tmp_path / "s", Preprocessing())
    seen = inspect_store(RecordStore.open(tmp_path / "s"))
    assert seen.flags == {"no_label": 3, "gain_corrected": 1}
    assert (seen.records, seen.windows, seen.rejected) == (4, 16, 2)
    ((count, example),) = seen.reasons.values()
    assert count == 2
    assert example.startswith("nan_leads/01017_lr.hea: 75% of a lead's samples are missing")
