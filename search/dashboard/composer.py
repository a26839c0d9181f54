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
    """What was composed of a study last, from which finished trials, and when it is due at the soonest."""

    composed: Composed = COMING
    finished: Mapping[str, int] | None = None
    not_before: float = 0.0

    def is_due(self, finished: Mapping[str, int]) -> bool:
        return finished != self.finished and time.monotonic() >= self.not_before

    def fail(self, why: str, *, again: bool = False) -> None:
        """What there was before stays; it is due when trials finish or, with `again`, after its rest."""
        if again:
            self.finished = None
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

    def look(self, study: Study, finished: Mapping[str, int]) -> Composed:
        """What there is of the study, at once; if other trials are finished than then, it is composed anew.

        Args:
            finished: how many of its trials are, by their state.
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

    def _start(self, study: Study, kept: _Kept, finished: Mapping[str, int]) -> None:
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
                kept.fail(found["error"], again=found["again"])
            else:
                kept.composed = Composed(**found)
