"""The record store: a prepared corpus on disk, memory-mapped."""

from ecg.store.layout import RECORD_COLUMNS, VERSION
from ecg.store.reader import RecordStore

__all__ = ["RECORD_COLUMNS", "VERSION", "RecordStore"]
