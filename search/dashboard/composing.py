"""One study's summary and figures, composed in a process of its own, which is asked and tells as JSON."""

import json
import os
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from ecgscale import EcgscaleError

if TYPE_CHECKING:
    from analysis.report.figures import Figure

_NICE = 10  # whoever asks for a page comes first
_GREY = "#7a7a7a"  # stands out from the light page and from the dark one
_CLEAR = "rgba(0,0,0,0)"
_GRID = "rgba(128,128,128,0.25)"


def main() -> None:
    """Compose what the input asks for; tell it, or what is wrong with the study."""
    os.nice(_NICE)
    asked = json.load(sys.stdin)
    try:
        with redirect_stdout(sys.stderr):  # whatever a library prints is no part of the answer
            told = compose(asked["url"], asked["study"])
    except EcgscaleError as error:
        told = {"error": str(error)}
    json.dump(told, sys.stdout)


def compose(url: str | None, name: str) -> dict[str, Any]:
    """The summary and the figures of the study `name`.

    Args:
        url: of the database; None for the embedded one.
    """
    from analysis.report.figures import draw_figures
    from models.plugins import load_chosen_plugins
    from search.dashboard.notes import study_summary
    from search.reporting import study_report
    from storage.database import open_database
    from storage.studies import find_study

    load_chosen_plugins()
    database = open_database(url)
    report = study_report(database, [find_study(database, name)], tested=False)
    figures = draw_figures(report.data, report.analysis.complete)
    return {
        "summary": study_summary(report.data),
        "figures": {f"ecgscale-{figure.name}": _drawn(figure) for figure in figures},
    }


def _drawn(figure: "Figure") -> str:
    """For light and dark pages; what the figure has set itself stays."""
    import plotly.graph_objects as go

    from analysis.report.figures.style import escaped

    plot = go.Figure(figure.plot)
    own = {key: value for key, value in plot.layout.to_plotly_json().items() if key != "template"}
    plot.update_layout(
        template="none",
        title={"text": escaped(figure.title), "x": 0.02, "xref": "container", "font": {"size": 16}},
        paper_bgcolor=_CLEAR,
        plot_bgcolor=_CLEAR,
        font={"color": _GREY},
        margin={"t": 80, "r": 20},
        modebar={"bgcolor": _CLEAR, "color": _GREY},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )
    plot.update_layout(own)
    for update in (plot.update_xaxes, plot.update_yaxes):
        update(gridcolor=_GRID, zerolinecolor=_GRID, linecolor=_GREY, automargin=True)
    return str(plot.to_json())


if __name__ == "__main__":
    main()
