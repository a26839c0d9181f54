"""Commands as a user types them, without a process of their own."""

import sys

import pytest

from search.cli import main


@pytest.fixture
def command(monkeypatch, capsys):
    """Runs `ecgscale` with arguments in this process; its standard output, or its error where it ends with a code."""
    monkeypatch.setattr("signal.signal", lambda *_: None)  # the handlers of this process are pytest's

    def run(*arguments, code=0):
        monkeypatch.setattr(sys, "argv", ["ecgscale", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, error = capsys.readouterr()
        assert ended.value.code == code, out + error
        assert code or not error
        return error if code else out

    return run
