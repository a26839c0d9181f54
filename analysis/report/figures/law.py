"""How the best error falls with compute."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from analysis.laws.status import Status
from analysis.report.figures.style import LINE, PALETTE, escaped, set_axes
from analysis.trials import Trials
from analysis.words import spoken


def law_figure(law: dict[str, Any], complete: Trials) -> go.Figure:
    """The compute frontier, and the power law through it if there is one."""
    assert complete.cost is not None
    x, y = np.array(law["points"]["x"]), np.array(law["points"]["y"])
    figure = go.Figure()
    figure.add_scatter(x=x, y=y, mode="markers", name="best of each bin", marker={"color": PALETTE[0], "size": 10})
    if law["status"] == Status.CONVERGED:
        line = np.geomspace(x.min(), x.max(), 50)
        figure.add_scatter(
            x=line,
            y=law["params"]["A"] * line ** -law["params"]["alpha"],
            mode="lines",
            name=escaped(f"A · {spoken(law['x'])}^{-law['params']['alpha']:.2f}"),
            line={"color": LINE},
        )
    set_axes(figure, complete.cost, spoken(law["y"].split(",")[0]), log=True)
    figure.update_yaxes(type="log")
    return figure
