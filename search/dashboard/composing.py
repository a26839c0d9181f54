"""A study's summary and figures, made beside the server and anew as its trials finish."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

from search.dashboard.notes import plain, study_summary
from storage.database import Database, open_database
from storage.studies import Study, find_study
from storage.url import as_typed

if TYPE_CHECKING:
    from analysis.report.figures import Figure

_MORE = 0.05  # of the finished trials there were, and at least one
_REST = 10  # times as long as it took
_NICE = 10  # whoever asks for a page comes first
_GREY = "#7a7a7a"  # stands out from the light page and from the dark one
_GRID = "rgba(128,128,128,0.25)"


@dataclass(frozen=True)
class Composed:
    """What is shown of a study besides its trials.

    Attributes:
        summary: Markdown.
        figures: plotly's JSON by a name for the page.
    """

    summary: str
    figures: dict[str, str]


@dataclass
class _Kept:
    """What was composed of a study last, from how many finished trials, and when it is due at the soonest."""

    composed: Composed | None = None
    finished: int = -1
    not_before: float = 0.0

    def is_due(self, finished: int) -> bool:
        enough = abs(finished - self.finished) >= max(1.0, _MORE * self.finished)
        return enough and time.monotonic() >= self.not_before

    def take(self, found: Composed | str) -> None:
        """What was composed, or why it was not; then what there was before stays, and it is due again."""
        if isinstance(found, Composed):
            self.composed = found
            return
        self.finished = -1
        if self.composed is None or not self.composed.figures:
            self.composed = Composed(f"There is no summary: {plain(found)}", {})


class Composer:
    """Composes in a process of its own, one study at a time, those that somebody looks at."""

    def __init__(self, database: Database) -> None:
        self._url = None if database.embedded else as_typed(database.url)
        self._kept: dict[int, _Kept] = {}
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._closed = False

    def look(self, study: Study, finished: int) -> Composed | None:
        """What there is of the study, at once; if enough more of its trials are finished, it is composed anew.

        Args:
            finished: how many of its trials are.
        """
        with self._lock:
            kept = self._kept.setdefault(study.id, _Kept())
            if self._process is None and not self._closed and kept.is_due(finished):
                self._start(study, kept, finished)
            return kept.composed

    def close(self) -> None:
        """End what is under way."""
        with self._lock:
            self._closed = True
            if self._process is not None:
                self._process.terminate()

    def _start(self, study: Study, kept: _Kept, finished: int) -> None:
        spawn = multiprocessing.get_context("spawn")  # a copy of this process would share its connections
        receiver, sender = spawn.Pipe(duplex=False)
        self._process = spawn.Process(target=_work, args=(sender, self._url, study.name), daemon=True)
        self._process.start()
        sender.close()
        kept.finished = finished
        threading.Thread(target=self._wait, args=(self._process, receiver, kept), daemon=True).start()

    def _wait(self, process: BaseProcess, receiver: Connection, kept: _Kept) -> None:
        began = time.monotonic()
        try:
            found: Composed | str = receiver.recv()
        except EOFError:
            found = "the process that makes it ended before its time"
        process.join()
        now = time.monotonic()
        with self._lock:
            kept.not_before = now + _REST * (now - began)
            kept.take(found)
            self._process = None


def _work(sender: Connection, url: str | None, name: str) -> None:
    """In the process of its own: sends what it has composed, or why it has not."""
    from ecgscale import EcgscaleError

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is for the server, which ends this
    os.nice(_NICE)
    try:
        sender.send(_compose(open_database(url), name))
    except EcgscaleError as error:
        sender.send(str(error))
    except Exception as error:  # whatever it is, the trials are shown without it
        print(f"ecgscale: the summary of {name} failed ({type(error).__name__}: {error})", file=sys.stderr)
        sender.send(f"it failed with {type(error).__name__}; the dashboard's terminal says more")


def _compose(database: Database, name: str) -> Composed:
    from analysis.report.figures import draw_figures
    from search.reporting import study_report

    report = study_report(database, [find_study(database, name)], tested=False)
    figures = draw_figures(report.data, report.analysis.complete)
    return Composed(study_summary(report.data), {f"ecgscale-{figure.name}": _drawn(figure) for figure in figures})


def _drawn(figure: "Figure") -> str:
    """For light and dark pages; what the figure has set itself stays."""
    import plotly.graph_objects as go

    from analysis.report.figures.style import escaped

    plot = go.Figure(figure.plot)
    own = {key: value for key, value in plot.layout.to_plotly_json().items() if key != "template"}
    plot.update_layout(
        template="none",
        title={"text": escaped(figure.title), "x": 0, "xref": "paper", "font": {"size": 16}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": _GREY},
        margin={"t": 80, "r": 20},
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0},
    )
    plot.update_xaxes(gridcolor=_GRID, zerolinecolor=_GRID, linecolor=_GREY, automargin=True)
    plot.update_yaxes(gridcolor=_GRID, zerolinecolor=_GRID, linecolor=_GREY, automargin=True)
    plot.update_layout(own)
    return str(plot.to_json())
