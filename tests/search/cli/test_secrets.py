import os
import subprocess
import sys

import psutil
import pytest

from search.cli import secrets

URL = "postgresql://me:pl4nted@127.0.0.1:9/x"
QUERY = "postgresql://me@127.0.0.1:9/x?password=pl4nted"


@pytest.mark.parametrize(
    "arguments",
    [["study", "list", "--storage", URL], ["study", f"--storage={URL}", "list"], ["study", "list", "--storage", QUERY]],
)
def test_a_command_with_a_password_begins_again_without_it(monkeypatch, arguments):
    begun = []
    monkeypatch.setattr(os, "execv", lambda program, line: begun.append(line))
    monkeypatch.setenv("ECGSCALE_STORAGE", "another")
    secrets.hide_password(arguments)
    assert begun == [[sys.executable, "-P", "-m", "search.cli", "study", "list"]]
    assert "pl4nted" in os.environ["ECGSCALE_STORAGE"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["study", "list"], ["study", "list", "--storage"], ["--storage", "postgresql://me@h/x"], ["--storage", "?"]],
)
def test_other_commands_go_on(monkeypatch, arguments):
    monkeypatch.setattr(os, "execv", lambda *_: pytest.fail("began again"))
    secrets.hide_password(arguments)


def test_neither_ps_nor_the_output_shows_it():
    """A worker waits half a minute for a server that is away; meanwhile everybody can look."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "search.cli", "worker", "first", "--storage", URL],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        line = worker.stdout.readline()
        shown = psutil.Process(worker.pid).cmdline()
    finally:
        worker.kill()
        worker.wait()
    assert "127.0.0.1:9/x refuses" in line
    assert "trying again for 30 s" in line
    assert shown[1:] == ["-P", "-m", "search.cli", "worker", "first"]
    assert "pl4nted" not in line + worker.stdout.read()
