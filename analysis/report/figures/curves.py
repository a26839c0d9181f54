"""How the members of the front learned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import DASHES, SYMBOLS, escaped, rounded, styled
from analysis.trials import Trials
from analysis.words import amount, counted, score, spoken

_MOST = 8
_FEWEST_EPOCHS = 2
_CHEAP_TO_DEAR = ["#56B4E9", "#0072B2", "#8d6a9f", "#D55E00"]  # told apart on white and on black


def curve_figures(report: dict[str, Any], complete: Trials) -> list[Figure]:
    """The score after each epoch, from the cheapest member to the dearest; nothing where no one has two epochs."""
    curves = [curve for curve in report["curves"] or () if len(curve["epochs"]) >= _FEWEST_EPOCHS]
    if not curves:
        return []
    kept = [curves[place] for place in np.unique(np.linspace(0, len(curves) - 1, min(len(curves), _MOST)).astype(int))]
    data = pd.concat([_rows(curve, complete) for curve in curves], ignore_index=True)
    return [
        Figure("curves", "How the members of the front learned", _told(curves, complete), _plot(kept, complete), data)
    ]


def _plot(curves: Sequence[dict[str, Any]], complete: Trials) -> go.Figure:
    """Blue is cheap and orange dear; symbols and dashes tell neighbours apart."""
    plot = go.Figure()
    colours = sample_colorscale(_CHEAP_TO_DEAR, np.linspace(0, 1, len(curves)).tolist())
    for place, (curve, colour) in enumerate(zip(curves, colours, strict=True)):
        few = len(curve["epochs"]) <= 25
        plot.add_scatter(
            x=curve["epochs"],
            y=rounded(curve["scores"], 4),
            mode="lines+markers" if few else "lines",
            name=escaped(_name(curve, complete)),
            line={"color": colour, "dash": DASHES[place % len(DASHES)], "width": 2},
            marker={"color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 6},
            hovertemplate="epoch %{x}: %{y:.3f}",
        )
    styled(plot)
    plot.update_xaxes(title="epoch", rangemode="tozero")
    plot.update_yaxes(title=escaped(spoken(complete.score.name)))
    return plot


def _name(curve: dict[str, Any], complete: Trials) -> str:
    number = curve["number"]
    cost = complete.cost
    price = "" if cost is None else f" ({amount(complete.value(number, cost), cost.name)})"
    return f"trial {complete.label(number)}{price}"


def _told(curves: Sequence[dict[str, Any]], complete: Trials) -> str:
    falls = sum(curve["scores"][-1] < max(curve["scores"]) for curve in curves)
    first, last = curves[0], curves[-1]
    return (
        f"{spoken(complete.score.name).capitalize()} on the search fold after each epoch of "
        f"{counted(len(curves), 'member')} of the front: {_name(first, complete)} ends at "
        f"{score(first['scores'][-1])}, {_name(last, complete)} at {score(last['scores'][-1])}. {falls or 'None'} had "
        "a better epoch before the last, which alone counts."
    )


def _rows(curve: dict[str, Any], complete: Trials) -> pd.DataFrame:
    rows = pd.DataFrame({"epoch": curve["epochs"], complete.score.name: curve["scores"]})
    rows.insert(0, "trial", complete.label(curve["number"]))
    return rows
