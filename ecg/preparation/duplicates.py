"""Finding windows that are copies of one another, exactly or nearly.

Copies are windows whose signals in mV, band-passed and over all leads, are correlated above .999. To compare all pairs
of 88,000 windows is out of reach, so each is sketched: its unit vector, with random signs, is summed into buckets,
which keeps squared distances in expectation (Charikar, Chen, Farach-Colton, "Finding frequent items in data streams",
2002; Weinberger et al., "Feature hashing", ICML 2009). Neighbours among the sketches are then compared in full.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ecg.folds import connected
from ecg.leads import LEADS

CORRELATED = 0.999
WIDTH = 64 + len(LEADS)
_BUCKETS = 64
_SLACK = 2.0  # squared distances of sketches vary by sqrt(2 / 64) = 18 % around those of the windows
_NEIGHBOURS, _MOST_NEIGHBOURS = 6, 96  # a larger group still hangs together by each one's nearest 96


def sketch(windows: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """What is kept of windows to find copies by.

    Args:
        windows: n x 12 x L, z-scored per lead.
        scales: n x 12, what each lead was divided by, in mV.

    Returns:
        n x WIDTH, float32: the buckets, then the scales.
    """
    flat = (windows * scales[:, :, None]).reshape(len(windows), -1)
    width = -(-flat.shape[1] // _BUCKETS) * _BUCKETS
    signed = np.zeros((len(flat), width), np.float32)
    np.multiply(flat, _signs(flat.shape[1]), out=signed[:, : flat.shape[1]])
    sums = signed.reshape(len(flat), -1, _BUCKETS).sum(axis=1)
    return np.hstack([sums / np.linalg.norm(flat, axis=1, keepdims=True), scales]).astype(np.float32)


@lru_cache(maxsize=4)
def _signs(length: int) -> np.ndarray:
    return np.random.default_rng(0).choice(np.array([-1, 1], np.float32), length)


def first_copies(sketches: np.ndarray, sha256: list[str], read: Callable[[int], np.ndarray]) -> np.ndarray:
    """For each window the first of its group of copies, itself where it is none.

    Args:
        sketches: n x WIDTH, as `sketch` makes them.
        sha256: of each stored window.
        read: the stored window (12 x L) at a position.
    """

    def millivolt(position: int) -> np.ndarray:
        return np.asarray(read(position) * sketches[position, _BUCKETS:, None]).ravel()

    _, original, group = np.unique(np.array(sha256), return_index=True, return_inverse=True)
    pairs = [
        (one, other)
        for one, other in _candidates(sketches[original, :_BUCKETS])
        if _correlated(millivolt(original[one]), millivolt(original[other]))
    ]
    component = connected(pairs, len(original))[group]
    _, first = np.unique(component, return_index=True)
    return np.asarray(first[component])


def _candidates(sketches: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of positions whose sketches lie as near as those of correlated windows.

    Each asks for its few nearest neighbours; those for whom all of them are that near ask for more.
    """
    from scipy.spatial import KDTree

    radius = np.sqrt(2 * (1 - CORRELATED) * _SLACK)
    tree = KDTree(sketches)
    asking, count = np.arange(len(sketches)), _NEIGHBOURS
    found: set[tuple[int, int]] = set()
    while len(asking):
        count = min(count, len(sketches))
        _, near = tree.query(sketches[asking], k=count, distance_upper_bound=radius, workers=-1)
        near = near.reshape(len(asking), count)
        one, which = np.nonzero(near < len(sketches))
        pairs = np.sort(np.column_stack([asking[one], near[one, which]]), axis=1)
        found |= {(a, b) for a, b in pairs.tolist() if a != b}
        asking = asking[near[:, -1] < len(sketches)] if count < min(_MOST_NEIGHBOURS, len(sketches)) else asking[:0]
        count *= 4
    return sorted(found)


def _correlated(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(one @ other > CORRELATED * np.sqrt((one @ one) * (other @ other)))
