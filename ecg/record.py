"""One ECG, as every source delivers it."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Record:
    """One ECG recording.

    Attributes:
        name: the record's id within its corpus.
        signal: 12 x samples, millivolt, leads in the order of `ecg.leads.LEADS`; NaN where not recorded.
        rate: sampling rate in Hz.
        labels: positions in the source's vocabulary that are positive.
        source: the hospital or device the record comes from.
        patient: the patient's id; records without one are their own patient.
        fold: 1-10 where the corpus brings its own folds.
    """

    name: str
    signal: np.ndarray
    rate: float
    labels: frozenset[int]
    source: str
    patient: str
    age: float = float("nan")
    sex: str = ""
    fold: int | None = None
