"""Turning a corpus into a record store: in chunks, by several processes, resumable."""

from ecg.preparation.prepare import Choices, Prepared, prepare

__all__ = ["Choices", "Prepared", "prepare"]
