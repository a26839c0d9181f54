"""The files of a record store.

signals.npy    N x 12 x L, float16, memory-mapped
labels.npy     N x classes, uint8
records.csv    one row per window: what it is and where it comes from
rejected.csv   path and reason of every record that could not be used
manifest.json  version, rate, seconds, pre-processing, vocabulary, counts, fingerprint
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

VERSION = 2
SIGNALS, LABELS, RECORDS, REJECTED, MANIFEST = (
    "signals.npy",
    "labels.npy",
    "records.csv",
    "rejected.csv",
    "manifest.json",
)
RECORD_COLUMNS = (
    "row",
    "record",
    "start",
    "source",
    "patient",
    "age",
    "sex",
    "fold",
    "flags",
    "duplicate_of",
    "codes",
    "rate_before",
    "length_before",
    "sha256",
)


def fingerprint(manifest: dict[str, Any], labels: np.ndarray, records: Path) -> str:
    """sha256 over the settings, the labels and the table, which holds every signal's own sha256."""
    settings = {key: manifest[key] for key in ("version", "rate", "seconds", "preprocessing", "vocabulary", "labels")}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    digest.update(np.ascontiguousarray(labels, dtype=np.uint8).tobytes())
    digest.update(records.read_bytes())
    return digest.hexdigest()
