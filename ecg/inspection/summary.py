"""What a record store holds, counted."""

import re
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ecg.folds import N_FOLDS
from ecg.store import RecordStore

_VARYING = re.compile(r"'[^']*'|\S*/\S+|\d[\d.,]*%?")


@dataclass(frozen=True)
class Inspection:
    """The content of a store in numbers; all count windows unless they say records.

    Attributes:
        records: how many recordings the windows come from.
        sources: per source its records, and how its limb leads keep Einthoven's law.
        folds: windows in folds 1-10.
        labels: per class its name, group, positives in all and in folds 1-10.
        flags: kind of flag -> records.
        duplicates: records that are copies of others and were kept.
        rejected: how many records could not be used.
        reasons: why, with varying numbers and names left out -> (records, one of them).
        unscored: codes outside the vocabulary -> records.
    """

    path: str
    layout: str
    vocabulary: str
    rate: float
    seconds: float
    windows: int
    records: int
    sources: dict[str, dict[str, float]]
    folds: list[int]
    labels: list[dict[str, Any]]
    flags: dict[str, int]
    duplicates: int
    rejected: int
    reasons: dict[str, tuple[int, str]]
    unscored: dict[str, int]
    fingerprint: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def inspect_store(store: RecordStore) -> Inspection:
    """Count what `store` holds."""
    table = store.records
    counts = store.manifest["counts"]
    records = table.drop_duplicates(["source", "record"])
    return Inspection(
        path=str(store.path),
        layout=str(store.manifest["layout"]),
        vocabulary=store.vocabulary.name,
        rate=store.rate,
        seconds=float(store.manifest["seconds"]),
        windows=len(table),
        records=len(records),
        sources={
            name: {"records": count, **store.manifest["einthoven"].get(name, {})}
            for name, count in counts["sources"].items()
        },
        folds=_per_fold(np.ones((len(table), 1)), table["fold"].to_numpy())[:, 0].tolist(),
        labels=_labels(store),
        flags=dict(counts["flags"]),
        duplicates=int(records["duplicate_of"].notna().sum()),
        rejected=len(store.rejected),
        reasons=_reasons(store),
        unscored=dict(store.manifest["unscored"]),
        fingerprint=store.fingerprint,
    )


def _per_fold(indicators: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Sums of the columns of `indicators` in each fold: folds x columns."""
    return np.stack([indicators[fold == number].sum(axis=0) for number in range(1, N_FOLDS + 1)]).astype(int)


def _labels(store: RecordStore) -> list[dict[str, Any]]:
    per_fold = _per_fold(store.labels, store.records["fold"].to_numpy())
    return [
        {"label": label.name, "group": label.group, "positive": int(folds.sum()), "folds": folds.tolist()}
        for label, folds in zip(store.vocabulary.labels, per_fold.T, strict=True)
    ]


def _reasons(store: RecordStore) -> dict[str, tuple[int, str]]:
    alike = Counter(_VARYING.sub("...", reason) for reason in store.rejected["reason"])
    example: dict[str, str] = {}
    for path, reason in store.rejected.itertuples(index=False):
        example.setdefault(_VARYING.sub("...", reason), f"{path}: {reason}")
    return {reason: (count, example[reason]) for reason, count in alike.most_common()}
