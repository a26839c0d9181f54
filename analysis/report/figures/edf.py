"""How the error is distributed over the parts of the space."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from analysis.report.figures.style import PALETTE, escaped
from analysis.words import spoken


def edf_figure(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Which share of the trials of each part of the space has at most a given error."""
    figure = go.Figure()
    for i, row in enumerate(rows):
        figure.add_scatter(
            x=row["x"],
            y=row["share"],
            mode="lines",
            name=escaped(f"{row['value']} ({row['n']})"),
            line={"shape": "hv", "color": PALETTE[i % len(PALETTE)], "dash": ("solid", "dash", "dot")[i // 2 % 3]},
        )
    figure.update_xaxes(title=escaped(spoken(rows[0]["error"])))
    figure.update_yaxes(title="share of the networks with at most this error", range=[0, 1.02])
    return figure
