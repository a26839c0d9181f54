import sys
from types import SimpleNamespace

from search.cli import bars
from search.cli.bars import stages


def test_a_terminal_shows_the_stage_it_is_at_and_nothing_stays(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    with stages() as say:
        say("reading [trials]")
        print("the result")
    out, error = capsys.readouterr()
    assert out == "the result\n"
    assert "reading [trials]" in error
    assert error.endswith("\x1b[2K")  # the line is erased


def test_elsewhere_a_quick_command_says_nothing(capsys):
    with stages() as say:
        say("reading trials")
    assert capsys.readouterr() == ("", "")


def test_elsewhere_a_long_command_says_where_it_is_now_and_then(monkeypatch, capsys):
    seconds = iter([0, 1, 6, 6, 7, 12, 12])
    monkeypatch.setattr(bars, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    with stages() as say:
        for stage in ("reading trials", "importance", "laws", "figures and page"):
            say(stage)
    assert capsys.readouterr() == ("", "importance\nfigures and page\n")
