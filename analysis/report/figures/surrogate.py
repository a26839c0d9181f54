"""How well the forests behind the ranking predict trials that they have not seen."""

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analysis.report.figures.figure import Figure
from analysis.report.figures.style import LINE, PALETTE, SYMBOLS, escaped, rounded, styled
from analysis.words import counted, spoken


def surrogate_figures(report: dict[str, Any]) -> list[Figure]:
    """Predicted and observed score of held-out trials; nothing without a ranking."""
    found = report["surrogate"]
    if not found or not found["points"]:
        return []
    name = spoken(report["objectives"][0]["name"])
    data = pd.DataFrame(found["points"]).rename(columns={"number": "trial"})
    data["fold"] += 1
    told = (
        f"Predicted and observed {name} of held-out trials ({found['model']}, {counted(found['n'], 'trial')}); their "
        f"correlation is {', '.join(f'{r:.2f}' for r in found['cv_pearson'])} in the folds, on average "
        f"{found['cv_pearson_mean']:.2f}."
    )
    return [Figure("surrogate", "Predicted and observed on held-out trials", told, _plot(data, found, name), data)]


def _plot(data: pd.DataFrame, found: dict[str, Any], name: str) -> go.Figure:
    plot = go.Figure()
    ends = rounded([data[["observed", "predicted"]].min().min(), data[["observed", "predicted"]].max().max()])
    plot.add_scatter(
        x=ends, y=ends, mode="lines", name="as predicted", line={"color": LINE, "dash": "dash"}, hoverinfo="skip"
    )
    for place, r in enumerate(found["cv_pearson"]):
        part = data[data["fold"] == place + 1]
        plot.add_scatter(
            x=rounded(part["predicted"], 4),
            y=rounded(part["observed"], 4),
            mode="markers",
            name=f"fold {place + 1}: r = {r:.2f}",
            marker={"color": PALETTE[place], "symbol": SYMBOLS[place], "size": 6, "opacity": 0.6},
            customdata=part["trial"].tolist(),
            hovertemplate="trial %{customdata}: predicted %{x:.3f}, observed %{y:.3f}<extra></extra>",
        )
    styled(plot)
    plot.update_xaxes(title=escaped(f"predicted {name}"))
    plot.update_yaxes(title=escaped(f"observed {name}"))
    return plot
