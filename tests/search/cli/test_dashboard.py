import os
import re
import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from search.errors import ConfigError


@pytest.fixture
def start(ecgscale_home):
    """Runs `ecgscale dashboard` on a free port; where it says it listens."""
    running = []

    def run(*options):
        process = subprocess.Popen(
            [sys.executable, "-m", "search.cli", "dashboard", "--port", "0", *options],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ,
        )
        running.append(process)
        return re.fullmatch(r"dashboard of .* on (http://\S+) \(Ctrl-C ends it\)\n", process.stdout.readline())[1]

    yield run
    for process in running:
        process.send_signal(signal.SIGINT)
        assert (process.wait(30), process.stdout.read()) == (0, "dashboard ended\n")


def _status(address, method="GET"):
    there = urlsplit(address)
    connection = HTTPConnection("127.0.0.1", there.port, timeout=30)
    connection.request(method, f"{there.path}?{there.query}")
    answer = connection.getresponse()
    connection.close()
    return answer.status


def test_on_this_machine_it_shows_and_changes_nothing(database, start):
    address = start()
    assert _status(f"{address}api/studies") == 200
    assert _status(f"{address}api/studies/1", "DELETE") == 403


def test_anywhere_else_it_asks_for_a_token(database, start):
    address = start("--host", "0.0.0.0")
    assert re.search(r"\?token=[\w-]{32}$", address)
    assert _status(address) == 303
    assert _status(f"{address.partition('?')[0]}api/studies") == 401


@pytest.fixture
def asked(command, monkeypatch):
    """Runs the command as far as its server; what that was asked for."""

    def run(*options):
        given = {}

        def refuse(database, host, port, **wanted):
            given.update(wanted)
            raise ConfigError("cannot listen")

        monkeypatch.setattr("search.dashboard.make_dashboard", refuse)
        assert command("dashboard", *options, code=2) == "ecgscale: cannot listen\n"
        return given

    return run


def test_a_password_takes_the_place_of_the_token(database, asked, tmp_path):
    (tmp_path / "password").write_text("pl4nted")
    password = ("--password-file", tmp_path / "password")
    assert asked("--host", "0.0.0.0", *password) == {"secret": b"pl4nted", "writable": False}
    assert asked(*password) == {"secret": b"pl4nted", "writable": False}


def test_whoever_may_write_shows_a_token_on_this_machine_too(database, asked):
    assert asked() == {"secret": None, "writable": False}
    one, other = asked("--writable"), asked("--writable")
    assert one["writable"] and len(one["secret"]) == 32
    assert one["secret"] != other["secret"]
