"""`ecgscale study status --watch`: on a terminal, and where there is none."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from types import SimpleNamespace

import pytest

from search.cli import watch
from storage import progress
from storage.claims import Result
from storage.errors import DatabaseLost
from storage.leases import claim, finish, renew, stop_early

EPOCH = {"epoch": 1, "loss": 0.5, "balanced_accuracy": 0.612, "macro_auroc": 0.7, "seconds": 1.0}


@pytest.fixture
def running(database, study, draft):
    """One of the study's three trials is complete; another, which is returned, runs."""
    finish(database, claim(database, study, "w", draft("a")), Result((0.7, 2e6), {}))
    got = claim(database, study, "host-7-abc", draft("b"))
    renew(database, got, [EPOCH])
    return got


@pytest.fixture
def later(monkeypatch):
    """Lets what happens between two looks at a study happen, one step at a time."""

    def later(*steps):
        left = iter(steps)
        clock = SimpleNamespace(sleep=lambda seconds: next(left)(), strftime=time.strftime)
        monkeypatch.setattr(watch, "time", clock)

    return later


class Terminal:
    """A pseudo-terminal that a command runs on, and what it has shown."""

    def __init__(self, *arguments, rows, columns):
        self._ours, theirs = pty.openpty()
        self.resize(rows, columns)
        line = [sys.executable, "-m", "search.cli", *arguments]
        sizes = ("COLUMNS", "LINES")  # which pytest-xdist sets, and which go before the terminal's own
        environment = {**{k: v for k, v in os.environ.items() if k not in sizes}, "TERM": "xterm-256color"}
        self.process = subprocess.Popen(line, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
        os.close(theirs)
        self._shown = b""

    def resize(self, rows, columns):
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, pattern, seconds=60):
        """What was shown since the last time, up to `pattern`."""
        deadline = time.monotonic() + seconds
        while not (found := re.search(pattern, self._text())):
            assert time.monotonic() < deadline, self._text()
            if select.select([self._ours], [], [], 0.5)[0]:
                self._shown += os.read(self._ours, 65536)
        shown = self._text()[: found.end()]
        self._shown = b""
        return shown

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self._ours)

    def _text(self):
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self._shown.decode(errors="replace"))


@pytest.fixture
def terminal(study, running):
    opened = Terminal("study", "status", study.name, "--watch", rows=24, columns=80)
    yield opened
    opened.close()


def test_a_terminal_shows_workers_and_the_front_until_ctrl_c(terminal):
    shown = terminal.wait_for("Ctrl-C leaves; the study goes on")
    assert "1/3" in shown
    assert re.search(r"host-7-abc +1 +1/1 +0\.612", shown)
    assert "1 complete trial, 1 on the front" in shown
    terminal.resize(20, 40)
    terminal.wait_for(r"worker +trial +epoch +score *\r?\n")  # without what needs more room
    terminal.process.send_signal(signal.SIGINT)
    assert "complete 1, running 1" in terminal.wait_for("spent in vain     nothing")
    assert terminal.process.wait(30) == 0


def test_elsewhere_a_line_is_printed_when_something_has_changed(command, database, study, running, draft, later):
    later(
        lambda: None,
        lambda: finish(database, claim(database, study, "w", draft("c")), Result((0.8, 3e6), {})),
        lambda: None,
        lambda: stop_early(database, running, {"stopped_epoch": 1, "stopped_reason": "below the front"}),
    )
    lines = command("study", "status", study.name, "--watch").splitlines()
    assert [line.split()[1] for line in lines] == ["1/3", "2/3", "3/3"]
    assert "1 running" in lines[0]
    assert "1 stopped  best 0.800" in lines[-1]


def test_with_json_every_change_is_a_line_of_it(command, database, study, running, draft, later):
    later(
        lambda: finish(database, claim(database, study, "w", draft("c")), Result((0.8, 3e6), {})),
        lambda: finish(database, running, Result((0.6, 1e6), {})),
    )
    out = command("study", "status", study.name, "--watch", "--json")
    assert [json.loads(line)["states"]["complete"] for line in out.splitlines()] == [1, 2, 3]


def test_a_database_that_goes_away_is_said_to_and_waited_for(database, study, running, later, monkeypatch, capsys):
    def lost(*_):
        raise DatabaseLost("the database does not answer")

    def leave():
        raise KeyboardInterrupt

    there = progress.progress
    later(
        lambda: monkeypatch.setattr(progress, "progress", lost),
        lambda: None,
        lambda: monkeypatch.setattr(progress, "progress", there),
        leave,
    )
    watch.watch_study(database, study, as_json=False)
    out, error = capsys.readouterr()
    assert [line.split()[1] for line in out.splitlines()] == ["1/3", "1/3"]
    assert error == "ecgscale: the database does not answer; trying again until Ctrl-C\n"
