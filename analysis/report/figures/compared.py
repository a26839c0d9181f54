"""Two searches in one picture: their fronts with the laws through them, and how their errors are distributed."""

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from analysis.laws.status import Status
from analysis.report.figures.figure import Figure
from analysis.report.figures.style import PALETTE, SYMBOLS, escaped, set_axes
from analysis.trials import Objective, Trials
from analysis.words import spoken

_DASHES = ("solid", "dash")


def compared_figures(compared: dict[str, Any], complete: Trials) -> list[Figure]:
    """The fronts of both, their laws, and the distributions of their errors; those that there are data for."""
    drawn = []
    if complete.cost is not None and any(side["members"] for side in compared["sides"]):
        drawn.append(_fronts(compared, complete))
    if complete.cost is not None and any(side["law"] and side["law"]["params"] for side in compared["sides"]):
        drawn.append(_laws(compared, complete.cost))
    if any(side["edf"] for side in compared["sides"]):
        drawn.append(_distributions(compared))
    return drawn


def _fronts(compared: dict[str, Any], complete: Trials) -> Figure:
    assert complete.cost is not None
    cost, objective = complete.cost, complete.score
    plot, rows = go.Figure(), []
    for i, side in enumerate(compared["sides"]):
        x = [member["values"][cost.name] for member in side["members"]]
        y = [member["values"][objective.name] for member in side["members"]]
        ends = [member["ci95"] or (at, at) for member, at in zip(side["members"], y, strict=True)]
        plot.add_scatter(
            x=x,
            y=y,
            error_y={
                "array": [high - at for (_, high), at in zip(ends, y, strict=True)],
                "arrayminus": [at - low for (low, _), at in zip(ends, y, strict=True)],
                "thickness": 1,
                "width": 3,
            },
            mode="lines+markers",
            name=escaped(f"{side['name']} ({side['n']:,} trials)"),
            line={"color": PALETTE[i], "dash": _DASHES[i], "shape": "hv"},
            marker={"symbol": SYMBOLS[i], "size": 9},
        )
        rows += [
            {"search": side["name"], "trial": member["number"], **member["values"], "low": low, "high": high}
            for member, (low, high) in zip(side["members"], ends, strict=True)
        ]
    set_axes(plot, cost, spoken(objective.name))
    told = "; ".join(f"{side['name']}: {len(side['members'])} members of the front" for side in compared["sides"])
    return Figure(
        "compared-fronts", "Both Pareto fronts", f"{told}. Bars are 95 % intervals.", plot, pd.DataFrame(rows)
    )


def _laws(compared: dict[str, Any], cost: Objective) -> Figure:
    """The best of each bin of cost; a line where the law is believed."""
    plot, rows, told = go.Figure(), [], []
    for i, side in enumerate(compared["sides"]):
        law = side["law"]
        if not law or not law["params"]:
            continue
        x, y = np.array(law["points"]["x"]), np.array(law["points"]["y"])
        fitted = law["params"]["A"] * x ** -law["params"]["alpha"]
        believed = law["status"] == Status.CONVERGED
        group = {"legendgroup": side["name"], "line": {"color": PALETTE[i], "dash": _DASHES[i]}}
        marker = {"symbol": SYMBOLS[i], "size": 9, "color": PALETTE[i]}
        name = f"{side['name']}: {'exponent' if believed else 'no law is believed;'} {_exponent(law)}"
        plot.add_scatter(x=x, y=y, mode="markers", name=escaped(name), marker=marker, legendgroup=side["name"])
        if believed:
            plot.add_scatter(x=x, y=fitted, mode="lines", showlegend=False, hoverinfo="skip", **group)
        rows += [
            {"search": side["name"], cost.name: a, "error": b, "law": c} for a, b, c in zip(x, y, fitted, strict=True)
        ]
        told.append(name)
    error = next(side["edf"]["error"] for side in compared["sides"] if side["edf"])
    set_axes(plot, cost, f"best {spoken(error)} of its bin", log=True)
    plot.update_yaxes(type="log")
    return Figure(
        "compared-laws", "How the best error of both falls with cost", "; ".join(told) + ".", plot, pd.DataFrame(rows)
    )


def _exponent(law: dict[str, Any]) -> str:
    low, high = law["ci95"]["alpha"]
    return f"{law['params']['alpha']:.3g} ({low:.2g} to {high:.2g}, n = {law['n']})"


def _distributions(compared: dict[str, Any]) -> Figure:
    plot, rows = go.Figure(), []
    told = []
    for i, side in enumerate(compared["sides"]):
        if not side["edf"]:
            continue
        found = side["edf"]
        plot.add_scatter(
            x=found["x"],
            y=found["share"],
            mode="lines",
            name=escaped(f"{side['name']} ({found['n']:,})"),
            line={"shape": "hv", "color": PALETTE[i], "dash": _DASHES[i]},
        )
        rows += [
            {"search": side["name"], "error": x, "share": y} for x, y in zip(found["x"], found["share"], strict=True)
        ]
        told.append(f"half of the networks of {side['name']} have an error of at most {_median(found):.3f}")
        plot.update_xaxes(title=escaped(spoken(found["error"])))
    plot.update_yaxes(title="share of the networks with at most this error", range=[0, 1.02])
    return Figure(
        "compared-edf", "How the errors of both are distributed", "; ".join(told) + ".", plot, pd.DataFrame(rows)
    )


def _median(found: dict[str, Any]) -> float:
    return float(found["x"][int(np.searchsorted(found["share"], 0.5 - 1e-12))])
