"""Which parameters matter, and in which direction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from analysis.report.figures.style import LINE, PALETTE, escaped


def importance_figure(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Permutation importance with its interval; the rank correlation by its colour and beside the name."""
    ranked = list(reversed(rows))
    correlation = [row["spearman"] for row in ranked]
    value = np.array([row["permutation"] for row in ranked])
    ends = np.array([row["permutation_ci95"] for row in ranked], dtype=float)
    figure = go.Figure(
        go.Bar(
            x=value,
            y=[_with_sign(row["param"], row["spearman"]) for row in ranked],
            orientation="h",
            marker={"color": ["#888888" if c is None else PALETTE[0] if c > 0 else PALETTE[1] for c in correlation]},
            error_x={"array": ends[:, 1] - value, "arrayminus": value - ends[:, 0], "color": LINE, "thickness": 1},
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    figure.update_layout(xaxis_title="fall of R² on held-out trials when shuffled", margin={"l": 190})
    return figure


def _with_sign(param: str, correlation: float | None) -> str:
    return escaped(param if correlation is None else f"{param} (ρ {correlation:+.2f})")
