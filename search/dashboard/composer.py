"""Summaries and figures of studies, made beside the server and anew as trials finish."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.words import markdown
from storage.database import Database
from storage.studies import Study
from storage.url import as_typed

_MORE = 0.05  # of the finished trials there were, and at least one
_REST = 10  # times as long as it took
_COMMAND = [sys.executable, "-P", "-W", "ignore", "-m", "search.dashboard.composing"]


@dataclass(frozen=True)
class Composed:
    """What is shown of a study besides its trials.

    Attributes:
        summary: Markdown.
        figures: plotly's JSON by a name for the page.
    """

    summary: str
    figures: Mapping[str, str]


COMING = Composed("*The study is being read; its summary and figures will be here in a minute.*", {})


@dataclass
class _Kept:
    """What was composed of a study last, from how many finished trials, and when it is due at the soonest."""

    composed: Composed = COMING
    finished: int = -1
    not_before: float = 0.0

    def is_due(self, finished: int) -> bool:
        enough = abs(finished - self.finished) >= max(1.0, _MORE * self.finished)
        return enough and time.monotonic() >= self.not_before

    def fail(self, why: str) -> None:
        """What there was before stays, and it is due again."""
        self.finished = -1
        if not self.composed.figures:
            self.composed = Composed(f"There is no summary: {markdown(why)}", {})


class Composer:
    """Composes in a process of its own, one study at a time, those that somebody looks at.

    The process is one of its own so that those who look at trials do not wait for it, and so that what it loads is gone
    when it ends.
    """

    def __init__(self, database: Database) -> None:
        self._url = None if database.embedded else as_typed(database.url)
        self._kept: dict[int, _Kept] = {}
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._closed = False

    def look(self, study: Study, finished: int) -> Composed:
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
        kept.finished = finished
        self._process = subprocess.Popen(
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a Ctrl-C is for the server, which ends it
        )
        asked = json.dumps({"url": self._url, "study": study.name})  # which no list of processes shows
        threading.Thread(target=self._wait, args=(self._process, asked, kept), daemon=True).start()

    def _wait(self, process: "subprocess.Popen[str]", asked: str, kept: _Kept) -> None:
        began = time.monotonic()
        told, _ = process.communicate(asked)
        now = time.monotonic()
        with self._lock:
            kept.not_before = now + _REST * (now - began)
            self._process = None
            if process.returncode:
                kept.fail(f"the process that makes it ended with code {process.returncode}")
            elif "error" in (found := json.loads(told)):
                kept.fail(found["error"])
            else:
                kept.composed = Composed(**found)
