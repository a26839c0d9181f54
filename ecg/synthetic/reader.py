"""What a reader reports: mostly what is there."""

import numpy as np

from ecg.labels import CHALLENGE
from ecg.synthetic.heart import Heart, compatible
from ecg.synthetic.rhythm import Beats

_CODE = {label.name: label.codes[0] for label in CHALLENGE.labels}
_FINDINGS = ("LBBB", "RBBB", "IAVB", "PVC", "PAC", "LAD", "RAD", "TInv")
_MISSED, _OVERCALLED = 0.04, 0.015  # how often a reader omits a finding, or reports one that is not there
_AXIS_ERROR = 6.0  # standard deviation of a reader's estimate, degrees


def read(heart: Heart, beats: Beats, axis: float, rng: np.random.Generator) -> tuple[str, ...]:
    """SNOMED CT codes of a reader's findings, the rhythm always first.

    Findings that exclude each other are never reported together.

    Args:
        axis: frontal QRS axis in degrees.
    """
    present = _present(heart, beats, axis + rng.normal(0, _AXIS_ERROR))
    seen = [heart.rhythm]
    for name in _FINDINGS:
        noticed = rng.random() < (1 - _MISSED if name in present else _OVERCALLED)
        if noticed and compatible(name, present.union(seen)):
            seen.append(name)
    return tuple(_CODE[name] for name in seen)


def _present(heart: Heart, beats: Beats, axis: float) -> frozenset[str]:
    """The rhythm and all that can be seen in the recording; a short one may hold no premature beat."""
    lasting = heart.diseases - {"PVC", "PAC"}
    return lasting | beats.premature() | _axis_deviation(axis) | {heart.rhythm}


def _axis_deviation(axis: float) -> frozenset[str]:
    if -90 <= axis < -30:
        return frozenset({"LAD"})
    if 90 < axis <= 180:
        return frozenset({"RAD"})
    return frozenset()
