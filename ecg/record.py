"""One ECG, as every source delivers it."""

from dataclasses import dataclass

import numpy as np

_OLDEST = 120


@dataclass(frozen=True)
class Record:
    """One ECG recording.

    Attributes:
        name: the record's id within its corpus.
        signal: 12 x samples, millivolt, leads in the order of `ecg.leads.LEADS`; NaN where not recorded.
        rate: sampling rate in Hz.
        codes: the diagnoses as the source writes them, scored or not.
        source: the hospital or device the record comes from.
        patient: the patient's id, unique in the corpus; "" where it is not known.
        fold: 1-10 where the corpus brings its own folds.
        flags: what had to be done to read it, or looked wrong.
    """

    name: str
    signal: np.ndarray
    rate: float
    codes: tuple[str, ...]
    source: str
    patient: str = ""
    age: float = float("nan")
    sex: str = ""
    fold: int | None = None
    flags: tuple[str, ...] = ()


def plausible_age(text: object) -> float:
    """Age in years; NaN where it is no number or no age (PTB-XL writes 300 for "over 89")."""
    try:
        age = float(str(text))
    except ValueError:
        return float("nan")
    return age if 0 <= age <= _OLDEST else float("nan")


def plain_sex(text: object) -> str:
    """ "M", "F" or "" for a sex as headers and tables spell it."""
    return {"m": "M", "male": "M", "man": "M", "f": "F", "female": "F", "woman": "F"}.get(str(text).strip().lower(), "")
