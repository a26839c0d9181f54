"""Ten folds that never split a patient, and the tenth of the training patients that is held back.

The assignment is iterative stratification (Sechidis, Tsoumakas, Vlahavas, "On the Stratification of Multi-label
Data", ECML PKDD 2011) over patients instead of records: the rarest label is spread first.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

N_FOLDS = 10
TRAINING_FOLDS = tuple(range(1, 9))
SCORE_FOLD = 9
TEST_FOLD = 10


def assign_folds(labels: np.ndarray, patients: Sequence[str], *, n_folds: int = N_FOLDS, seed: int = 0) -> np.ndarray:
    """Fold (1..n_folds) of every record.

    Args:
        labels: N x classes, 0/1.
        patients: N patient ids; all records of a patient share a fold.
        seed: breaks ties.

    Returns:
        N fold numbers; the same input gives the same folds.
    """
    names, group = np.unique(np.asarray(patients, dtype=str), return_inverse=True)
    counts = np.zeros((len(names), labels.shape[1] + 1))
    np.add.at(counts, group, np.column_stack([labels, np.ones(len(labels))]))
    return _stratify(counts, n_folds, np.random.default_rng(seed))[group] + 1


def group_records(*keys: Sequence[str]) -> list[str]:
    """A group for each record that folds must not split: records that share any key, directly or through others.

    Args:
        keys: each a sequence with one key per record, such as whose it is and of which recording it is a copy.
    """
    links: list[tuple[int, int]] = []
    for of_records in keys:
        first: dict[str, int] = {}
        links += [(first.setdefault(key, row), row) for row, key in enumerate(of_records)]
    return [str(group) for group in connected(links, len(keys[0]))]


def connected(links: Sequence[tuple[int, int]], count: int) -> np.ndarray:
    """For each of `count` positions the number of its group; links connect, directly or through others."""
    one, other = np.array(links, dtype=int).reshape(-1, 2).T
    graph = coo_matrix((np.ones(len(links)), (one, other)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def leave_out(sources: Sequence[str], groups: Sequence[str], labels: np.ndarray, left_out: str) -> np.ndarray:
    """Folds that hold one source back: its groups are fold 10, all others are spread over folds 1-9.

    Args:
        sources: of each record.
        groups: as `group_records` returns them; a group with any record of `left_out` is held back whole.
        labels: N x classes, 0/1.
    """
    group = np.asarray(groups, dtype=str)
    held_back = np.isin(group, group[np.asarray(sources, dtype=str) == left_out])
    folds = np.full(len(group), TEST_FOLD)
    folds[~held_back] = assign_folds(labels[~held_back], group[~held_back].tolist(), n_folds=TEST_FOLD - 1)
    return folds


def hold_back(labels: np.ndarray, patients: Sequence[str], *, seed: int = 0) -> np.ndarray:
    """True for the records of the stratified tenth of patients on which decision thresholds are chosen."""
    return assign_folds(labels, patients, n_folds=10, seed=seed) == 1


def _stratify(counts: np.ndarray, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    """Fold (0-based) of each group; `counts` is groups x (labels..., records)."""
    wanted = np.tile(counts.sum(axis=0) / n_folds, (n_folds, 1))
    fold = np.full(len(counts), -1)
    order = rng.permutation(len(counts))
    labels = [label for label in np.argsort(counts[:, :-1].sum(axis=0), kind="stable") if counts[:, label].any()]
    for label in [*labels, counts.shape[1] - 1]:
        members = order[(counts[order, label] > 0) & (fold[order] < 0)]
        for group in members[np.argsort(-counts[members, label], kind="stable")]:
            best = _neediest(wanted, label, rng)
            fold[group] = best
            wanted[best] -= counts[group]
    return fold


def _neediest(wanted: np.ndarray, label: int, rng: np.random.Generator) -> int:
    need = wanted[:, label]
    tied = np.flatnonzero(need >= need.max() - 1e-9)
    tied = tied[wanted[tied, -1] >= wanted[tied, -1].max() - 1e-9]
    return int(rng.choice(tied)) if len(tied) > 1 else int(tied[0])
