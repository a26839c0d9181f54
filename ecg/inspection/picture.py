"""Example traces of a store as a picture: one record of each source, twelve leads each."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecg.leads import LEADS
from ecg.store import RecordStore

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_EXAMPLES = 6
_COLUMNS = 2
_SPACING = 7.0  # standard deviations between the lines of neighbouring leads
_INK, _QUIET = "#1f2933", "#9aa5b1"


def draw_examples(store: RecordStore, out: Path) -> None:
    """Write a PNG with one window of each source, of the largest ones where there are many."""
    from matplotlib.figure import Figure

    rows = example_rows(store)
    lines = -(-len(rows) // _COLUMNS)
    columns = min(_COLUMNS, len(rows))
    figure = Figure(figsize=(7.5 * columns, 6.2 * lines), layout="constrained")
    axes = figure.subplots(lines, columns, squeeze=False).ravel()
    for axis, row in zip(axes, rows, strict=False):
        _draw_window(axis, store, row)
    for axis in axes[len(rows) :]:
        axis.set_visible(False)
    figure.supxlabel("time in s", fontsize=9)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # names in scripts that no font here has
        figure.savefig(out, dpi=100)


def example_rows(store: RecordStore) -> list[int]:
    """A row of each source: the first that bears a label, without flags where there is one."""
    table = store.records
    sources = table["source"].value_counts(sort=True).index[:_MOST_EXAMPLES]
    merit = 2 * table["flags"].isna().to_numpy(dtype=int) + store.labels.any(axis=1).astype(int)
    own = (np.flatnonzero((table["source"] == source).to_numpy()) for source in sources)
    return [int(rows[np.argmax(merit[rows])]) for rows in own]


def _draw_window(axis: "Axes", store: RecordStore, row: int) -> None:
    signal = store.signals[row].astype(float)
    time = np.arange(store.length) / store.rate
    for position, (name, lead) in enumerate(zip(LEADS, signal, strict=True)):
        level = -_SPACING * position
        axis.plot(time, np.clip(lead, -_SPACING, 2 * _SPACING) + level, color=_INK, linewidth=0.7)
        axis.text(-0.012 * time[-1], level, name, ha="right", va="center", fontsize=8, color=_INK)
    record = store.records.iloc[row]
    labels = [label for label, positive in zip(store.vocabulary.names, store.labels[row], strict=True) if positive]
    flags = "" if record["flags"] != record["flags"] else f"   flags: {record['flags']}"
    axis.set_title(
        f"{record['source']}   {record['record']}   fold {record['fold']}   {', '.join(labels) or 'no label'}{flags}",
        fontsize=9,
        loc="left",
        parse_math=False,  # a name may hold a $
    )
    axis.set_yticks([])
    axis.set_xlim(0, time[-1])
    axis.tick_params(labelsize=8, color=_QUIET)
    for side in ("left", "right", "top"):
        axis.spines[side].set_visible(False)
    axis.grid(axis="x", color="#e4e7eb", linewidth=0.6)
