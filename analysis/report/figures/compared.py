"""Two searches in one picture: their fronts, their laws, and how their errors are distributed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.laws.status import Status
from analysis.report.figures.edf import edf_figure
from analysis.report.figures.figure import Figure
from analysis.report.figures.style import DASHES, PALETTE, SYMBOLS, escaped, log_axis, rounded, styled
from analysis.trials import Objective, Trials
from analysis.words import amount, counted, network, score, spoken

Side = dict[str, Any]


def compared_figures(report: dict[str, Any], complete: Trials) -> list[Figure]:
    """`compared-fronts`, `compared-laws` and `compared-edf`: those that there are data for."""
    if report["compared"] is None:
        return []
    sides = report["compared"]["sides"]
    distributions = [{"value": side["name"], **side["edf"]} for side in sides if side["edf"]]
    return [
        *(_fronts(sides, complete.score, complete.cost) if complete.cost else ()),
        *(_laws(sides, complete.cost) if complete.cost else ()),
        *edf_figure("compared-edf", "How the errors of both are distributed", distributions),
    ]


def _fronts(sides: Sequence[Side], objective: Objective, cost: Objective) -> list[Figure]:
    tables = [_members(side, objective, cost) for side in sides]
    data = pd.concat(tables, ignore_index=True)
    if data.empty:
        return []
    plot = go.Figure()
    for place, (side, table) in enumerate(zip(sides, tables, strict=True)):
        plot.add_scatter(
            x=rounded(table[cost.name]),
            y=rounded(table[objective.name]),
            error_y={
                "array": rounded(table["high"] - table[objective.name]),
                "arrayminus": rounded(table[objective.name] - table["low"]),
                "thickness": 1,
                "width": 3,
            },
            mode="lines+markers",
            name=escaped(f"{side['name']} ({side['n']:,})"),
            line={"color": PALETTE[place], "dash": DASHES[place], "shape": "hv", "width": 1.5},
            marker={"symbol": SYMBOLS[place], "size": 9},
            text=[escaped(told) for told in table["network"]],
            hovertemplate="%{text}<br>%{y:.3f}<extra></extra>",
        )
    styled(plot)
    plot.update_xaxes(title=escaped(spoken(cost.name)), **(log_axis(data[cost.name]) if cost.log else {}))
    plot.update_yaxes(title=escaped(spoken(objective.name)))
    told = "; ".join(_reach(side, objective, cost) for side in sides if side["best"])
    return [Figure("compared-fronts", "Both Pareto fronts", f"{told}. Bars are 95 % intervals.", plot, data)]


def _members(side: Side, objective: Objective, cost: Objective) -> pd.DataFrame:
    """One row per member of the front; without an interval its ends are the score."""
    rows = []
    for member in side["members"]:
        low, high = member["ci95"] or [member["values"][objective.name]] * 2
        told = {"search": side["name"], "trial": member["number"], "network": network(member["params"])}
        rows.append(told | member["values"] | {"low": low, "high": high})
    columns = ["search", "trial", "network", objective.name, cost.name, "low", "high"]
    return pd.DataFrame(rows, columns=None if rows else columns)


def _reach(side: Side, objective: Objective, cost: Objective) -> str:
    best = side["best"]["values"]
    return (
        f"{side['name']} has {counted(len(side['members']), 'member')}, the best with {score(best[objective.name])} "
        f"for {amount(best[cost.name], cost.name)}"
    )


def _laws(sides: Sequence[Side], cost: Objective) -> list[Figure]:
    """The best of each bin of cost, and a line where the law is believed."""
    fitted = [side for side in sides if side["law"] and side["law"]["params"]]
    if not fitted:
        return []
    plot = go.Figure()
    tables = [_draw_law(plot, side, place, cost) for place, side in enumerate(fitted)]
    data = pd.concat(tables, ignore_index=True)
    styled(plot)
    plot.update_xaxes(title=escaped(spoken(cost.name)), **log_axis(data[cost.name]))
    plot.update_yaxes(title=escaped(f"{spoken(fitted[0]['edf']['error'])}, best of bin"), **log_axis(data["error"]))
    told = "; ".join(f"{side['name']}: {_exponent(side['law'])}" for side in fitted)
    return [Figure("compared-laws", "How the best error of both falls with cost", f"{told}.", plot, data)]


def _draw_law(plot: go.Figure, side: Side, place: int, cost: Objective) -> pd.DataFrame:
    law = side["law"]
    x, y = np.array(law["points"]["x"]), np.array(law["points"]["y"])
    line = law["params"]["A"] * x ** -law["params"]["alpha"]
    marker = {"symbol": SYMBOLS[place], "size": 9, "color": PALETTE[place]}
    plot.add_scatter(x=rounded(x), y=rounded(y), mode="markers", name=escaped(side["name"]), marker=marker)
    if law["status"] == Status.CONVERGED:
        style = {"color": PALETTE[place], "dash": DASHES[place]}
        plot.add_scatter(x=rounded(x), y=rounded(line), mode="lines", line=style, showlegend=False, hoverinfo="skip")
    return pd.DataFrame({"search": side["name"], cost.name: x, "error": y, "law": line})


def _exponent(law: dict[str, Any]) -> str:
    low, high = law["ci95"]["alpha"]
    believed = "" if law["status"] == Status.CONVERGED else ", which is not believed"
    return f"exponent {law['params']['alpha']:.3g} ({low:.2g} to {high:.2g}, n = {law['n']}){believed}"
