"""One study's summary and figures, composed in a process of its own, which is asked and tells as JSON."""

import json
import os
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

from ecgscale import EcgscaleError
from storage.errors import DatabaseLost

if TYPE_CHECKING:
    from analysis.report.figures import Figure

_NICE = 10  # whoever asks for a page comes first
_PLACE = 450  # pixels that the page has for a figure's height
_TITLE = 36  # of which its title takes
_MOST = 600  # pixels of a figure of the report that can be read in that place


def main() -> None:
    """Compose what the input asks for; tell it, or what is wrong with the study."""
    os.nice(_NICE)
    asked = json.load(sys.stdin)
    try:
        with redirect_stdout(sys.stderr):  # whatever a library prints is no part of the answer
            told = compose(asked["url"], asked["study"])
    except EcgscaleError as error:
        told = {"error": str(error), "again": isinstance(error, DatabaseLost)}
    json.dump(told, sys.stdout)


def compose(url: str | None, name: str) -> dict[str, Any]:
    """The summary and the figures of the study `name`.

    Args:
        url: of the database; None for the embedded one.
    """
    from analysis.report.figures import draw_figures
    from analysis.report.summary import summary
    from models.plugins import load_chosen_plugins
    from search.reporting import study_report
    from storage.database import open_database
    from storage.studies import find_study

    load_chosen_plugins()
    database = open_database(url)
    report = study_report(database, [find_study(database, name)], tested=False)
    figures = draw_figures(report.data, report.analysis.complete)
    return {
        "summary": summary(report.data),
        "figures": {f"ecgscale-{figure.name}": _drawn(figure) for figure in figures if _fits(figure)},
    }


def _fits(figure: "Figure") -> bool:
    return (figure.plot.layout.height or 0) <= _MOST


def _drawn(figure: "Figure") -> str:
    """With its title in it, and as high as the page's place for it."""
    import plotly.graph_objects as go

    from analysis.report.figures.style import escaped

    plot = go.Figure(figure.plot)
    title = {"text": escaped(figure.title), "x": 0.02, "y": 0.98, "yanchor": "top", "font": {"size": 16}}
    plot.update_layout(title=title, margin_t=(plot.layout.margin.t or 0) + _TITLE, height=_PLACE)
    return str(plot.to_json())


if __name__ == "__main__":
    main()
