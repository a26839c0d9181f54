"""What the figures share: colours that everybody tells apart, axes, and text that stays text."""

import html

import plotly.graph_objects as go

from analysis.trials import Objective
from analysis.words import spoken

# Okabe and Ito's palette: told apart by colour-blind readers too.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
# In the middle, so that both stand out from a white and from a black page.
GREY = "#999999"
LINE = "#7a7a7a"


def set_axes(figure: go.Figure, x: Objective | None, y: str, *, log: bool = False) -> None:
    """Name both axes; x is on a log scale where its objective, or `log`, says so, and the trials' order if None."""
    title = "trial" if x is None else spoken(x.name)
    is_log = x is not None and (x.log or log)
    figure.update_xaxes(title=escaped(title), type="log" if is_log else "linear", tickformat="~s")
    figure.update_yaxes(title=escaped(y))


def escaped(told: str) -> str:
    """Text that plotly, which reads some HTML wherever it writes, shows as it is."""
    return html.escape(told, quote=False)
