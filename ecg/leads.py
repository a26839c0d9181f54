"""The twelve standard leads, their order, and how headers spell them."""

from collections.abc import Sequence

import numpy as np

from ecg.errors import RecordRejected

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")

_CANONICAL = {name.upper(): name for name in LEADS}


def in_standard_order(signal: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """The twelve leads of `signal` (leads x samples) in the order of `LEADS`; further leads are dropped.

    Raises:
        RecordRejected: a standard lead is missing.
    """
    position = {_CANONICAL.get(name.strip().upper(), name): i for i, name in enumerate(names)}
    missing = [lead for lead in LEADS if lead not in position]
    if missing:
        raise RecordRejected(f"lead {', '.join(missing)} missing; the header names {', '.join(names)}")
    return signal[[position[lead] for lead in LEADS]]
