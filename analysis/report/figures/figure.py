"""One figure of the report: what is drawn, what it says in words, and the numbers behind it."""

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go


@dataclass(frozen=True)
class Figure:
    """A figure, for the page, for the dashboard, and for a file of its own.

    Attributes:
        name: of its files (`figures/NAME.svg`, `figures/NAME.csv`) and of its place in the page.
        title: a few words.
        told: one or two sentences for those who do not see it: what is drawn, and what there is to see.
        plot: in colours that stand out from light and dark pages; its background is left open.
        data: what is drawn, one row per mark, with plain column names.
    """

    name: str
    title: str
    told: str
    plot: go.Figure
    data: pd.DataFrame
