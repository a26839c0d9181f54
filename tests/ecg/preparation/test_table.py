"""The steps from rows to a store's table, on tables small enough to be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from ecg.labels import plain_vocabulary
from ecg.preparation.duplicates import sketch
from ecg.preparation.table import (
    describe,
    drop_copies,
    drop_repeated_names,
    fold_windows,
    label_windows,
    make_table,
    mark_copies,
)

VOCABULARY = plain_vocabulary("v", ["AF", "SB"])


def _row(name, **said):
    source, record = name.split("/")
    return {
        "entry": name,
        "record": record,
        "source": source,
        "patient": name,
        "fold": None,
        "flags": "",
        "codes": ["AF"],
        "einthoven_mv": 0.0,
        "sha256": name,
        "duplicate_of": "",
    } | said


def _table(*rows):
    return make_table(list(rows))


def _folds(table, left_out=None):
    labels = label_windows(table, VOCABULARY)[1]
    return fold_windows(table, labels, left_out=left_out)["fold"]


def test_the_later_of_two_records_with_one_name_is_rejected():
    rejected = []
    table = drop_repeated_names(_table(_row("a/1"), _row("a/1", entry="elsewhere"), _row("a/2")), rejected)
    assert table["entry"].tolist() == ["a/1", "a/2"]
    assert rejected == [("elsewhere", "a record 1 of a was read before; give each a name of its own")]


def _copies_of(*windows_of):
    """`duplicate_of` of records whose windows are the numbered, unlike signals."""
    rng = np.random.default_rng(0)
    signals = rng.standard_normal((10, 12, 200)).astype(np.float32)
    numbers = [number for windows in windows_of for number in windows]
    rows = [_row(f"s/{chr(97 + i)}", sha256=f"{n}") for i, windows in enumerate(windows_of) for n in windows]
    windows = signals[numbers]
    marked = mark_copies(_table(*rows), sketch(windows, np.ones((len(rows), 12), np.float32)), lambda i: windows[i])
    return marked.drop_duplicates("name")["duplicate_of"].tolist()


def test_copies_name_the_earliest_record():
    assert _copies_of([0], [1], [0], [0], [1]) == ["", "", "s/a", "s/a", "s/b"]


def test_records_are_copies_through_a_third_that_holds_windows_of_both():
    assert _copies_of([0], [1], [0, 1], [2]) == ["", "s/a", "s/a", ""]
    assert _copies_of([3, 2], [2, 1], [1, 0], [0]) == ["", "s/a", "s/a", "s/a"]


def test_equal_windows_within_a_record_make_no_copy():
    assert _copies_of([0, 0], [1]) == ["", ""]


def test_copies_stay_where_folds_are_ours_and_go_where_the_corpus_brings_some():
    rows = [_row("a/1"), _row("a/2", duplicate_of="a/1"), _row("a/3", fold=9)]
    rejected = []
    assert len(drop_copies(_table(*rows[:2]), left_out=None, keep=False, rejected=rejected)) == 2
    assert drop_copies(_table(*rows), left_out=None, keep=False, rejected=rejected)["name"].tolist() == ["a/1", "a/3"]
    assert rejected == [("a/2", "a copy of a/1, correlated above 0.999; --keep-duplicates keeps it")]
    assert len(drop_copies(_table(*rows), left_out=None, keep=True, rejected=rejected)) == 3


def test_other_sources_lose_the_recordings_and_patients_of_the_one_held_back():
    rows = [
        _row("a/1"),
        _row("b/1", duplicate_of="a/1"),
        _row("b/2", duplicate_of="a/1"),
        _row("a/3", patient="p"),
        _row("b/3", patient="p"),
        _row("a/4"),
    ]
    rejected = []
    kept = drop_copies(_table(*rows), left_out="b", keep=False, rejected=rejected)
    assert kept["name"].tolist() == ["b/1", "b/2", "b/3", "a/4"]
    assert [entry for entry, _ in rejected] == ["a/1", "a/3"]
    assert kept["duplicate_of"].tolist() == ["", "b/1", "", ""]


def test_a_patient_is_in_one_fold_whatever_the_hospital():
    rows = [_row(f"{'ab'[i % 2]}/{i}", patient=f"p{i // 4}") for i in range(200)]
    folds = _folds(_table(*rows)).to_numpy()
    assert all(len(set(folds[i : i + 4])) == 1 for i in range(0, 200, 4))
    assert set(folds) == set(range(1, 11))


def test_copies_are_in_one_fold():
    rows = [_row(f"a/{i}", duplicate_of="" if i % 2 == 0 else f"a/{i - 1}") for i in range(100)]
    folds = _folds(_table(*rows)).to_numpy()
    np.testing.assert_array_equal(folds[::2], folds[1::2])


def test_records_without_a_fold_go_where_their_patient_is_and_the_rest_is_spread():
    own = [_row(f"a/{i}", patient=f"p{i}", fold=1 + i % 10) for i in range(20)]
    same = [_row(f"a/more{i}", patient=f"p{i}") for i in range(20)]
    others = [_row(f"a/other{i}") for i in range(100)]
    folds = _folds(_table(*own, *same, *others)).to_numpy()
    np.testing.assert_array_equal(folds[:20], [1 + i % 10 for i in range(20)])
    np.testing.assert_array_equal(folds[20:40], folds[:20])
    assert set(folds[40:]) == set(range(1, 11))


def test_every_fold_has_its_share_of_every_source():
    rows = [_row(f"{'large' if i % 10 else 'small'}/{i}", codes=["AF"] if i % 3 else ["SB"]) for i in range(1000)]
    table = _table(*rows)
    counts = pd.crosstab(_folds(table), table["source"])
    assert counts["small"].between(9, 11).all()
    assert counts["large"].between(85, 95).all()


@pytest.mark.parametrize("keep", [True, False])
def test_a_source_held_back_leaks_into_no_other_fold(keep):
    rows = [_row(f"{'ab'[i % 2]}/{i}", patient=f"p{i // 2}" if i < 20 else f"q{i}") for i in range(200)]
    table = drop_copies(_table(*rows), left_out="b", keep=keep, rejected=[])
    folds = _folds(table, left_out="b")
    tested = set(table["patient"][folds == 10])
    assert not tested & set(table["patient"][folds != 10])
    assert set(folds[table["source"] == "b"]) == {10}
    assert (folds[table["source"] == "a"] == 10).sum() == (10 if keep else 0)


def test_the_manifest_counts_records_flags_codes_and_breaches():
    rows = [
        _row("a/1", flags="flat_leads:1 padded:5", codes=["AF", "x"], einthoven_mv=0.3),
        _row("a/2", codes=["x"], einthoven_mv=0.001),
        _row("a/3", einthoven_mv=0.002),
        _row("b/1", einthoven_mv=0.2),
        _row("b/1", einthoven_mv=0.2),
    ]
    table, labels = label_windows(_table(*rows), VOCABULARY)
    said = describe(table, labels, VOCABULARY)
    assert said["counts"] == {
        "windows": 5,
        "records": 4,
        "flagged": 2,
        "sources": {"a": 3, "b": 1},
        "flags": {"flat_leads": 1, "padded": 1, "no_label": 1},
        "positive": {"AF": 4, "SB": 0},
    }
    assert said["einthoven"] == {"a": {"median_mv": 0.002, "breaches": 1}, "b": {"median_mv": 0.2, "breaches": 1}}
    assert said["unscored"] == {"x": 2}
