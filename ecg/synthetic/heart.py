"""Whose heart beats: its rhythm, its diseases, its proportions."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_RHYTHM_SHARES = {"NSR": 0.46, "AF": 0.18, "SB": 0.18, "STach": 0.18}
_DISEASE_SHARES = {"LBBB": 0.11, "RBBB": 0.22, "IAVB": 0.20, "PVC": 0.15, "PAC": 0.20, "TInv": 0.26}
_INCOMPLETE_LEFT_BLOCK_SHARE = 0.04
# Without P waves there is no PR interval and no atrial beat; behind a left block the T wave is turned around anyway.
_EXCLUSIVE = (
    frozenset({"LBBB", "RBBB"}),
    frozenset({"LAD", "RAD"}),
    frozenset({"AF", "IAVB"}),
    frozenset({"AF", "PAC"}),
    frozenset({"LBBB", "TInv"}),
)
# How the heart lies in the frontal plane: shares of normal, horizontal and vertical hearts, and how far (radians,
# clockwise from the front) the latter two are turned.
_POSITION_SHARES = (0.72, 0.12, 0.16)
_TURNS = ((0.0, 0.0), (-1.2, -0.65), (0.7, 1.1))


@dataclass(frozen=True)
class Heart:
    """One person's heart during one recording. Neighbouring classes overlap in every quantity that tells them apart.

    Attributes:
        rhythm: NSR, AF, SB or STach.
        diseases: classes present beside the rhythm; the electrical axis is not among them, it is measured.
        size: factor on all amplitudes.
        pr: PR interval in s.
        right_delay: amplitude of the right ventricle's late activation, relative to a complete right bundle branch
            block.
        left_delay: duration of the left ventricle's activation, relative to a typical complete left bundle branch
            block; 0 where the left bundle conducts.
        recovery: amplitude of the T wave relative to a tall upright one; negative where it is inverted.
        widths: factors on the widths of P, three parts of QRS, late QRS and two parts of T.
        rotation: 3 x 3, how the heart lies in the chest.
    """

    rhythm: str
    diseases: frozenset[str]
    size: float
    pr: float
    right_delay: float
    left_delay: float
    recovery: float
    widths: np.ndarray
    rotation: np.ndarray


def draw_heart(rng: np.random.Generator) -> Heart:
    """A heart as frequent as its diseases are in the corpus."""
    rhythm = str(rng.choice(list(_RHYTHM_SHARES), p=list(_RHYTHM_SHARES.values())))
    diseases = _draw_diseases(rhythm, rng)
    return Heart(
        rhythm=rhythm,
        diseases=diseases,
        size=float(rng.lognormal(-0.04, 0.25)),
        pr=rng.uniform(0.20, 0.35) if "IAVB" in diseases else rng.uniform(0.12, 0.205),
        right_delay=_draw_right_delay(diseases, rng),
        left_delay=_draw_left_delay(diseases, rng),
        recovery=-rng.uniform(0.05, 0.8) if "TInv" in diseases else rng.uniform(0.10, 1.1),
        widths=rng.lognormal(0.0, 0.12, size=7),
        rotation=_draw_rotation(diseases, rng),
    )


def compatible(name: str, others: Iterable[str]) -> bool:
    """Whether class `name` can occur together with all of `others`."""
    return not any(frozenset({name, other}) in _EXCLUSIVE for other in others)


def _draw_diseases(rhythm: str, rng: np.random.Generator) -> frozenset[str]:
    drawn: set[str] = set()
    for name, share in _DISEASE_SHARES.items():
        if rng.random() < share and compatible(name, {rhythm, *drawn}):
            drawn.add(name)
    return frozenset(drawn)


def _draw_right_delay(diseases: frozenset[str], rng: np.random.Generator) -> float:
    if "RBBB" in diseases:
        return rng.uniform(0.2, 1.0)
    return max(0.0, rng.uniform(-0.5, 0.3))


def _draw_left_delay(diseases: frozenset[str], rng: np.random.Generator) -> float:
    if "LBBB" in diseases:
        return rng.uniform(0.85, 1.2)
    incomplete = "RBBB" not in diseases and rng.random() < _INCOMPLETE_LEFT_BLOCK_SHARE
    return rng.uniform(0.6, 0.9) if incomplete else 0.0


def _draw_rotation(diseases: frozenset[str], rng: np.random.Generator) -> np.ndarray:
    turn = rng.uniform(*_TURNS[rng.choice(len(_TURNS), p=_POSITION_SHARES)])
    if "LBBB" in diseases:
        turn = -abs(turn)  # behind a left bundle branch block the axis is normal or leftward
    return _rotation(rng.normal([0.0, 0.0, turn], [0.12, 0.12, 0.20]))


def _rotation(angles: np.ndarray) -> np.ndarray:
    """Rotation about X, then Y, then Z (radians): people's hearts do not all lie alike."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x
