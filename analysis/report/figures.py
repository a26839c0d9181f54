"""The report's figures as plotly graph objects."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from analysis.findings import human_flops, shown
from analysis.trials import Trials

# Okabe and Ito's palette: told apart by colour-blind readers too.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
_LINE = "#555555"


def pareto_figure(report: dict[str, Any], complete: Trials) -> go.Figure:
    """Score against FLOPs: every complete trial, and the front."""
    figure = go.Figure()
    family = complete.params.get("family")
    groups = complete.values.groupby(family) if family is not None else [("trials", complete.values)]
    for i, (name, values) in enumerate(groups):
        figure.add_scatter(
            x=values["flops"],
            y=values["balanced_accuracy"],
            mode="markers",
            name=str(name),
            marker={"color": _PALETTE[i % len(_PALETTE)], "symbol": _SYMBOLS[i % len(_SYMBOLS)], "size": 9},
            text=[_hover(complete, int(number)) for number in values.index],
            hovertemplate="%{text}<extra></extra>",
        )
    members = [member["values"] for member in report["pareto"]]
    figure.add_scatter(
        x=[values["flops"] for values in members],
        y=[values["balanced_accuracy"] for values in members],
        mode="lines",
        name="Pareto front",
        line={"color": _LINE, "shape": "hv", "width": 2},
        hoverinfo="skip",
    )
    _axes(figure, "FLOPs per forward pass of one record", "balanced accuracy on fold 9")
    return figure


def importance_figure(rows: Sequence[dict[str, Any]]) -> go.Figure:
    """Permutation importance; colour and sign of the rank correlation beside it."""
    ranked = list(reversed(rows))
    correlation = [row["spearman"] for row in ranked]
    figure = go.Figure(
        go.Bar(
            x=[row["permutation"] for row in ranked],
            y=[row["param"] for row in ranked],
            orientation="h",
            marker={"color": ["#888888" if c is None else _PALETTE[0] if c > 0 else _PALETTE[1] for c in correlation]},
            text=["" if c is None else f"ρ = {c:+.2f}" for c in correlation],
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    figure.update_layout(xaxis_title="fall of R² on held-out trials when shuffled", margin={"l": 130})
    return figure


def law_figure(law: dict[str, Any]) -> go.Figure:
    """The compute frontier and the power law through it."""
    x, y = np.array(law["points"]["x"]), np.array(law["points"]["y"])
    figure = go.Figure()
    figure.add_scatter(x=x, y=y, mode="markers", name="best of each bin", marker={"color": _PALETTE[0], "size": 10})
    line = np.geomspace(x.min(), x.max(), 50)
    figure.add_scatter(
        x=line,
        y=law["params"]["A"] * line ** -law["params"]["alpha"],
        mode="lines",
        name=f"A · FLOPs^{-law['params']['alpha']:.2f}",
        line={"color": _LINE},
    )
    _axes(figure, "FLOPs per forward pass of one record", "1 - balanced accuracy")
    figure.update_yaxes(type="log")
    return figure


def _axes(figure: go.Figure, x: str, y: str) -> None:
    figure.update_xaxes(title=x, type="log", tickformat="~s")
    figure.update_yaxes(title=y)


def _hover(complete: Trials, number: int) -> str:
    values = complete.values.loc[number].to_dict()
    lines = [
        f"trial {number}",
        f"balanced accuracy {values['balanced_accuracy']:.3f}",
        human_flops(values["flops"]),
        *(f"{name} = {shown(value)}" for name, value in complete.drawn(number).items()),
    ]
    return "<br>".join(line.replace("<", "&lt;") for line in lines)
