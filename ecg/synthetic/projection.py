"""From the heart's vector to leads, and to the electrical axis.

Dower's matrix (Dower, Machado, Osborne, Clin Cardiol 1980) gives I, II and V1-V6; the other limb leads follow from
Einthoven's law after quantisation, so that III = II - I holds exactly in the file.
"""

import numpy as np

from ecg.leads import LEADS

_DOWER = np.array(  # rows I, II, V1..V6; columns X, Y, Z
    [
        [0.632, -0.235, 0.059],
        [0.235, 1.066, -0.132],
        [-0.515, 0.157, -0.917],
        [0.044, 0.164, -1.387],
        [0.882, 0.098, -1.277],
        [1.213, 0.127, -0.601],
        [1.125, 0.127, -0.086],
        [0.831, 0.076, 0.230],
    ]
)


def independent_leads(dipole: np.ndarray) -> np.ndarray:
    """I, II, V1-V6 (8 x samples, mV) of the dipole (3 x samples, mV)."""
    return _DOWER @ dipole


def frontal_axis(vector: np.ndarray) -> float:
    """Angle of a vector along X, Y, Z as the limb leads see it, in degrees: 0 towards I, 90 towards aVF."""
    one, two = _DOWER[:2] @ vector
    return float(np.degrees(np.arctan2((2 * two - one) / np.sqrt(3), one)))


def twelve_leads(independent: np.ndarray) -> np.ndarray:
    """Twelve leads in ADC units (int16) from I, II, V1-V6 in whole ADC units."""
    one, two = independent[0], independent[1]
    limb = [one, two, two - one, -(one + two) / 2, one - two / 2, two - one / 2]
    adc = np.rint(np.vstack([*limb, independent[2:]]))
    assert adc.shape[0] == len(LEADS)
    limit = np.iinfo(np.int16)
    return np.clip(adc, limit.min, limit.max).astype(np.int16)
