import numpy as np
import pytest

from ecg.errors import PreparationFailed, RecordRejected
from ecg.labels import plain_vocabulary
from ecg.preparation import chunk as chunks
from ecg.preparation.chunk import prepare_chunk
from ecg.record import Record
from ecg.signal import Preprocessing

HOW = Preprocessing(100.0, 10.0)
BYTES_PER_WINDOW = 12 * 1000 * 2


class _Corpus:
    """Entries are what becomes of them: seconds of noise, or an error."""

    layout = "test"
    described = "a test's"
    vocabulary = plain_vocabulary("v", ["AF"])

    def read(self, entry):
        if isinstance(entry, Exception):
            raise entry
        noise = np.random.default_rng(int(entry)).normal(0, 0.3, (12, int(entry) * 100))
        return Record(f"r{entry}", noise, 100.0, ("AF",), "here")


def test_a_chunk_ends_where_its_windows_fill_it(monkeypatch):
    monkeypatch.setattr(chunks, "LARGEST_CHUNK", 3 * BYTES_PER_WINDOW)
    chunk = prepare_chunk(_Corpus(), HOW, ["10", "10", "50", "10", "10"])
    assert (chunk.entries, len(chunk.rows), chunk.signals.nbytes) == (3, 7, 7 * BYTES_PER_WINDOW)


def test_every_reason_is_kept_and_unforeseen_errors_are_named():
    errors = [RecordRejected("too short"), ValueError("bell \a"), KeyError("x")]
    chunk = prepare_chunk(_Corpus(), HOW, ["10"])
    spoilt = prepare_chunk(_Corpus(), HOW, [])
    assert (chunk.entries, spoilt.entries, spoilt.signals.shape[0]) == (1, 0, 0)
    for error, reason in zip(errors, ("too short", "ValueError: bell ?", "KeyError: 'x'"), strict=True):
        corpus = _Corpus()
        corpus.read = lambda entry, error=error: (_ for _ in ()).throw(error)
        assert prepare_chunk(corpus, HOW, ["10"]).rejected == [("10", reason)]


def test_want_of_memory_ends_the_run_instead_of_rejecting_a_record():
    corpus = _Corpus()
    corpus.read = lambda entry: (_ for _ in ()).throw(MemoryError)
    with pytest.raises(PreparationFailed, match="out of memory at 10"):
        prepare_chunk(corpus, HOW, ["10"])
