"""The table of a store: what the windows of all readable records become.

A table is a DataFrame with one row per window, in the order of the signals, whose index is the window's position among
them; the windows of one record follow each other. Each step takes a table and returns one.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ecg.errors import StoreError
from ecg.folds import assign_folds, group_records, leave_out
from ecg.labels import Vocabulary
from ecg.preparation.duplicates import CORRELATED, first_copies
from ecg.signal.quality import EINTHOVEN_MV

if TYPE_CHECKING:
    import pandas as pd

Rejected = list[tuple[str, str]]


def make_table(rows: list[dict[str, Any]]) -> "pd.DataFrame":
    """The table of the rows that the chunks brought."""
    import pandas as pd

    table = pd.DataFrame(rows)
    table["name"] = table["source"] + "/" + table["record"]
    return table


def drop_repeated_names(table: "pd.DataFrame", rejected: Rejected) -> "pd.DataFrame":
    """Without the later of two records with one name: they would be scored as one."""
    first = table.groupby("name", sort=False)["entry"].transform("first")
    return _reject(
        table,
        table["entry"] != first,
        lambda row: f"a record {row.record} of {row.source} was read before; give each a name of its own",
        rejected,
    )


def mark_copies(table: "pd.DataFrame", sketches: np.ndarray, read: Callable[[int], np.ndarray]) -> "pd.DataFrame":
    """With the column `duplicate_of`: the earliest record that a record is a copy of, "" where it is none.

    Args:
        sketches: of every window of the table.
        read: the stored window at a position of the table's index.
    """
    import pandas as pd

    first = first_copies(sketches, table["sha256"].tolist(), lambda i: read(int(table.index[i])))
    record, names = pd.factorize(table["name"])
    group = np.array(group_records(table["name"].tolist(), table["name"].iloc[first].tolist()))
    original = pd.Series(record).groupby(group).transform("min").to_numpy()
    return table.assign(duplicate_of=np.where(original != record, names[original], ""))


def drop_copies(table: "pd.DataFrame", *, left_out: str | None, keep: bool, rejected: Rejected) -> "pd.DataFrame":
    """Without the copies that would let a network be tested on what it was trained on.

    Folds of our own keep copies together. Where the corpus brings its own, the later copy is left out; where a source
    is held back, what other sources hold of its recordings and its patients is.
    """
    if keep:
        return table
    if left_out is None:
        unwanted = (table["duplicate_of"] != "") & bool(table["fold"].notna().any())
        why = f"correlated above {CORRELATED:g}; --keep-duplicates keeps it"
        return _reject(table, unwanted, lambda row: f"a copy of {row.duplicate_of}, {why}", rejected)
    group = np.array(_groups(table))
    held_back = table["name"].isin(set(table["name"][np.isin(group, group[table["source"] == left_out])]))
    kept = _reject(
        table,
        held_back & (table["source"] != left_out),
        lambda row: f"a recording or a patient of {left_out}, which is held back; --keep-duplicates keeps it",
        rejected,
    )
    return _point_to_the_first_left(kept)


def _point_to_the_first_left(table: "pd.DataFrame") -> "pd.DataFrame":
    """With `duplicate_of` naming a record that is still there."""
    original = table["duplicate_of"].where(table["duplicate_of"] != "", table["name"])
    first = table.groupby(original)["name"].transform("first")
    return table.assign(duplicate_of=first.where(first != table["name"], ""))


def _groups(table: "pd.DataFrame") -> list[str]:
    """What folds must not split: a patient's records, and copies."""
    return group_records(
        table["patient"].tolist(), table["duplicate_of"].where(table["duplicate_of"] != "", table["name"]).tolist()
    )


def label_windows(table: "pd.DataFrame", vocabulary: Vocabulary) -> tuple["pd.DataFrame", np.ndarray]:
    """The table with a flag where a record has no label of the vocabulary, and the labels (windows x classes)."""
    labels = np.zeros((len(table), len(vocabulary.labels)), dtype=np.uint8)
    for row, codes in enumerate(table["codes"]):
        labels[row, list(vocabulary.positions(codes))] = 1
    unlabelled = ~labels.any(axis=1)
    flags = np.where(unlabelled, (table["flags"] + " no_label").str.strip(), table["flags"])
    return table.assign(flags=flags), labels


def fold_windows(table: "pd.DataFrame", labels: np.ndarray, *, left_out: str | None) -> "pd.DataFrame":
    """With a fold for every window; the corpus' own where it has them and no source is held back.

    Raises:
        StoreError: there is no such source, or nothing else.
    """
    strata = np.hstack([labels, _one_hot(table["source"])])
    if left_out is not None:
        sources = table["source"].unique().tolist()
        if left_out not in sources:
            raise StoreError(f"there is no source {left_out} to leave out; the corpus has {', '.join(sources)}")
        if len(sources) < 2:
            raise StoreError(f"{left_out} is the only source; without it there is nothing to train on")
        return table.assign(fold=leave_out(table["source"].tolist(), _groups(table), strata, left_out))
    folds = table["fold"].to_numpy(dtype=float)
    if not np.isnan(folds).any():
        return table.assign(fold=folds.astype(int))
    group = np.array(_groups(table))
    # A record without a fold goes with its patient and its copies, where one of these has a fold.
    of_group = dict(zip(group[~np.isnan(folds)][::-1], folds[~np.isnan(folds)][::-1], strict=True))
    folds = np.where(np.isnan(folds), [of_group.get(name, np.nan) for name in group], folds)
    left = np.flatnonzero(np.isnan(folds))
    folds[left] = assign_folds(strata[left], group[left].tolist()) if len(left) else folds[left]
    return table.assign(fold=folds.astype(int))


def describe(table: "pd.DataFrame", labels: np.ndarray, vocabulary: Vocabulary) -> dict[str, Any]:
    """What the manifest says of a table: counts, Einthoven's law per source, codes outside the vocabulary."""
    records = table.drop_duplicates("name")
    unscored = Counter(code for codes in records["codes"] for code in vocabulary.unscored(codes))
    flags = Counter(flag.partition(":")[0] for said in records["flags"] for flag in said.split())
    einthoven = records.groupby("source")["einthoven_mv"]
    return {
        "counts": {
            "windows": len(table),
            "records": len(records),
            "flagged": int((records["flags"] != "").sum()),
            "sources": {str(name): int(count) for name, count in records.groupby("source").size().items()},
            "flags": dict(flags.most_common()),
            "positive": dict(zip(vocabulary.names, labels.sum(axis=0).tolist(), strict=True)),
        },
        "einthoven": {
            str(source): {"median_mv": round(float(mv.median()), 6), "breaches": int((mv > EINTHOVEN_MV).sum())}
            for source, mv in einthoven
        },
        "unscored": dict(unscored.most_common()),
    }


def _reject(
    table: "pd.DataFrame", unwanted: "pd.Series[bool]", reason: Callable[[Any], str], rejected: Rejected
) -> "pd.DataFrame":
    """Without every record that has an unwanted window; each is listed once."""
    entries = set(table.loc[unwanted, "entry"])
    dropped = table["entry"].isin(entries)
    rejected += [(str(row.entry), reason(row)) for row in table[dropped].drop_duplicates("entry").itertuples()]
    return table[~dropped]


def _one_hot(column: "pd.Series[str]") -> np.ndarray:
    _, code = np.unique(column.to_numpy(dtype=str), return_inverse=True)
    return np.eye(code.max() + 1, dtype=np.uint8)[code]
