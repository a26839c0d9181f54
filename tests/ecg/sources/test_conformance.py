"""What every layout has to do. A new one needs an example in conftest.py and then passes or fails here."""

import math

import numpy as np
import pytest

from ecg.errors import RecordRejected, StoreError
from ecg.preparation import Choices, prepare
from ecg.preparation.chunk import Origin
from ecg.preparation.pool import prepared_chunks
from ecg.signal import Preprocessing
from ecg.sources import layouts, open_corpus


@pytest.fixture(params=sorted(layouts()))
def example(request, make_example):
    return make_example(request.param)


def test_it_is_recognised(example):
    assert open_corpus(example.root, rate=100.0).layout == example.layout


def test_entries_are_unique_and_the_same_every_time(example):
    entries = open_corpus(example.root, rate=100.0).entries()
    assert len(entries) == len(set(entries)) == len(example.truth)
    assert entries == open_corpus(example.root, rate=100.0, layout=example.layout).entries()


def test_signals_are_twelve_leads_in_millivolt(example):
    corpus = open_corpus(example.root, rate=100.0)
    for entry, truth in zip(corpus.entries(), example.truth, strict=True):
        record = corpus.read(entry)
        assert record.rate == example.rate
        assert record.signal.shape == truth.shape
        np.testing.assert_allclose(record.signal, truth, atol=example.tolerance)


def test_records_say_what_a_store_needs(example):
    corpus = open_corpus(example.root, rate=100.0)
    records = [corpus.read(entry) for entry in corpus.entries()]
    for record in records:
        assert corpus.vocabulary.positions(record.codes)
        assert record.sex in {"", "M", "F"}
        assert math.isnan(record.age) or 0 <= record.age <= 120
        assert record.fold is None or 1 <= record.fold <= 10
        assert all(isinstance(said, str) and said for said in (record.name, record.source))
        assert record.flags == ()
    assert len({(record.source, record.name) for record in records}) == len(records)


def test_classes_have_names_and_groups(example):
    vocabulary = open_corpus(example.root, rate=100.0).vocabulary
    assert len(set(vocabulary.names)) == len(vocabulary.names)
    groups = {"arrhythmia", "conduction disorder", "axis deviation", "prolonged interval", "other"}
    assert {label.group for label in vocabulary.labels} <= groups


def test_a_spoilt_record_is_rejected_with_a_reason_and_the_others_are_prepared(example, tmp_path):
    example.damage()
    corpus = open_corpus(example.root, rate=100.0)
    first, *others = corpus.entries()
    with pytest.raises(RecordRejected) as reason:
        corpus.read(first)
    assert len(str(reason.value)) > 10
    done = prepare(example.root, tmp_path / "store", Preprocessing())
    assert (done.accepted, done.rejected, done.layout) == (len(others), 1, example.layout)


def test_labels_it_does_not_have_are_refused(example):
    with pytest.raises(StoreError, match="nonsense"):
        open_corpus(example.root, rate=100.0, labels="nonsense")


def test_other_processes_read_the_same(example, monkeypatch):
    monkeypatch.setattr("ecg.preparation.pool.CHUNK", 2)
    corpus = open_corpus(example.root, rate=100.0)
    origin = Origin(example.root, example.layout, None, Preprocessing())
    here, there = (list(prepared_chunks(corpus, origin, corpus.entries(), processes)) for processes in (1, 2))
    assert repr([chunk.rows for chunk in here]) == repr([chunk.rows for chunk in there])  # ages may be NaN
    assert sum(len(chunk.rows) for chunk in there) == len(example.truth)


def test_a_second_corpus_in_the_same_place_is_read_afresh(example, tmp_path):
    """Nothing of a corpus is kept beyond the object that was opened."""
    prepare(example.root, tmp_path / "one", Preprocessing())
    example.damage()
    assert prepare(example.root, tmp_path / "two", Preprocessing()).rejected == 1


def test_naming_the_source_overrides_what_the_folder_looks_like(make_example, tmp_path):
    example = make_example("wfdb")
    done = prepare(example.root, tmp_path / "store", Preprocessing(), Choices(layout="challenge"))
    assert done.layout == "challenge"
    with pytest.raises(StoreError, match="nowhere is no known source; choose one of ptbxl, code15"):
        open_corpus(example.root, rate=100.0, layout="nowhere")


def test_an_empty_folder_is_told_what_was_expected(tmp_path):
    with pytest.raises(StoreError, match=r"no ECG records in .*: expected one of ptbxl .* code15 .* tianchi"):
        open_corpus(tmp_path, rate=100.0)
