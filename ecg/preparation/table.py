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
    original = pd.Series(record[first]).groupby(record).min().to_numpy()
    while (original[original] != original).any():
        original = original[original]
    is_copy = original[record] != record
    return table.assign(duplicate_of=np.where(is_copy, names[original[record]], ""))


def drop_copies(table: "pd.DataFrame", *, left_out: str | None, keep: bool, rejected: Rejected) -> "pd.DataFrame":
    """Without the copies that would let a network be tested on what it was trained on.

    Folds of our own keep copies together. Where the corpus brings its own, the later copy is left out; where a source
    is held back, its copies in other sources are.
    """
    if keep:
        return table
    if left_out is None:
        return _reject(
            table,
            (table["duplicate_of"] != "") & table["fold"].notna(),
            lambda row: f"a copy of {row.duplicate_of}, correlated above {CORRELATED:g}; --keep-duplicates keeps it",
            rejected,
        )
    group = table["duplicate_of"].where(table["duplicate_of"] != "", table["name"])
    held_back = set(group[table["source"] == left_out])
    return _reject(
        table,
        group.isin(held_back) & (table["source"] != left_out),
        lambda row: f"a copy of a record of {left_out}, which is held back; --keep-duplicates keeps it",
        rejected,
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
    owners = (table["source"] + "/" + table["patient"]).tolist()
    originals = table["duplicate_of"].where(table["duplicate_of"] != "", table["name"]).tolist()
    strata = np.hstack([labels, _one_hot(table["source"])])
    if left_out is not None:
        sources = table["source"].unique().tolist()
        if left_out not in sources or len(sources) < 2:
            raise StoreError(f"no source {left_out} to leave out beside others; the corpus has {', '.join(sources)}")
        groups = group_records(owners, originals)
        return table.assign(fold=leave_out(table["source"].tolist(), groups, strata, left_out))
    without = table["fold"].isna().to_numpy()
    folds = table["fold"].fillna(0).to_numpy(dtype=int)
    if without.any():
        chosen = np.flatnonzero(without)
        groups = group_records([owners[i] for i in chosen], [originals[i] for i in chosen])
        folds[chosen] = assign_folds(strata[chosen], groups)
    return table.assign(fold=folds)


def describe(table: "pd.DataFrame", labels: np.ndarray, vocabulary: Vocabulary, rejected: Rejected) -> dict[str, Any]:
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
            "rejected": len(rejected),
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
