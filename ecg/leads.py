"""The twelve standard leads: their order, how headers spell them, and which follow from others."""

import re
from collections.abc import Sequence

import numpy as np

from ecg.errors import RecordRejected

LEADS = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")

_LIMB = {  # in terms of I and II: Einthoven's and Goldberger's definitions
    "I": (1.0, 0.0),
    "II": (0.0, 1.0),
    "III": (-1.0, 1.0),
    "aVR": (-0.5, -0.5),
    "aVL": (1.0, -0.5),
    "aVF": (-0.5, 1.0),
}
_CANONICAL = (
    {name.upper(): name for name in LEADS}
    | {f"{letter}{number}": LEADS[number - 1] for letter in ("D", "L") for number in (1, 2, 3)}
    | {"DI": "I", "DII": "II", "DIII": "III"}
    | {f"C{number}": f"V{number}" for number in range(1, 7)}  # as IEC 60601 names the electrodes
)
_DECORATION = re.compile(r"^\+?(?:(?:MDC|ECG|EKG|LEAD|CHANNEL)[ _:-]*)*|[(\[].*$|[ _.:]")


def canonical_lead(name: str) -> str | None:
    """The standard name of a lead however it is spelled ("avr", "Lead I", "MDC_ECG_LEAD_V1", "DII"), else None."""
    return _CANONICAL.get(_DECORATION.sub("", name.strip().upper()))


def locate_leads(names: Sequence[str]) -> dict[str, int]:
    """Where each standard lead stands among `names`; other leads are left out.

    Raises:
        RecordRejected: a lead occurs twice, or one is missing that cannot be derived.
    """
    position: dict[str, int] = {}
    for index, name in enumerate(names):
        lead = canonical_lead(name)
        if lead in position:
            raise RecordRejected(f"lead {lead} occurs twice; the header names {_listed(names)}")
        if lead is not None:
            position[lead] = index
    missing = [lead for lead in LEADS if lead not in position]
    limbs = [lead for lead in position if lead in _LIMB]
    lost = [lead for lead in missing if lead not in _LIMB or len(limbs) < 2]
    if lost:
        raise RecordRejected(f"lead {', '.join(lost)} missing; the header names {_listed(names)}")
    return position


def derivation(position: dict[str, int]) -> tuple[np.ndarray, tuple[str, ...]]:
    """How the twelve leads follow from those at hand.

    Any two limb leads determine the other four. I and II are preferred, as most devices record these two.

    Args:
        position: as `locate_leads` returns it.

    Returns:
        A matrix (12 x leads at hand, in the order of `position`) and the names of the derived leads.
    """
    at_hand = list(position)
    matrix = np.zeros((len(LEADS), len(at_hand)))
    basis = [lead for lead in _LIMB if lead in position][:2]
    from_basis = np.linalg.inv(np.array([_LIMB[lead] for lead in basis]))
    for row, lead in enumerate(LEADS):
        if lead in position:
            matrix[row, at_hand.index(lead)] = 1.0
        else:
            matrix[row, [at_hand.index(known) for known in basis]] = np.array(_LIMB[lead]) @ from_basis
    return matrix, tuple(lead for lead in LEADS if lead not in position)


def _listed(names: Sequence[str]) -> str:
    shown = [name[:20] or "(blank)" for name in names[:16]]
    return ", ".join(shown) + (", ..." if len(names) > len(shown) else "")
