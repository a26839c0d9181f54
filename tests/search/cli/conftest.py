"""Commands as a user types them, without a process of their own."""

import math
import subprocess
import sys

import pytest

from search.cli import main


@pytest.fixture
def command(monkeypatch, capsys):
    """Runs `ecgscale` with arguments in this process; its standard output, or its error where it ends with a code.

    A command that ends well says nothing on stderr, unless it `tells` of its progress.
    """
    monkeypatch.setattr("signal.signal", lambda *_: None)  # the handlers of this process are pytest's
    monkeypatch.setattr("search.cli.bars._QUICK_SECONDS", math.inf)  # however slow the machine is

    def run(*arguments, code=0, tells=False):
        monkeypatch.setattr(sys, "argv", ["ecgscale", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, error = capsys.readouterr()
        assert ended.value.code == code, out + error
        assert code or tells or not error
        return error if code else out

    return run


@pytest.fixture(scope="session")
def run():
    """Runs `ecgscale` with arguments in a process of its own, as a user does; its standard output and error."""

    def run(*arguments, cwd=None, code=0, stdin=None):
        line = [sys.executable, "-m", "search.cli", *map(str, arguments)]
        done = subprocess.run(line, input=stdin, cwd=cwd, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout, done.stderr

    return run
