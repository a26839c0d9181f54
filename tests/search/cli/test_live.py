import re
import sys

from search.cli.live import LiveView, PlainView, live_view
from search.launch.scene import Scene, State, WorkerScene
from storage.progress import Progress, Running

STATE = Progress(
    trials=12,
    counted=5,
    states={"complete": 4, "pruned": 1, "fail": 2, "running": 1},
    running=[Running("host-7-abc", 9, 1, 3, 0.81234, 4.25, 1.0)],
    finished_by={"host-7-abc": 5},
    per_hour=120.0,
    drafts={},
    samplers={},
    wasted={},
    stopped=[],
    failures=[],
    best=0.8567,
    paused=False,
    ended=None,
)
SCENE = Scene(
    STATE,
    [
        WorkerScene(1, "cuda:0", State.TRAINING, STATE.running[0], 5, 0, ""),
        WorkerScene(2, "cuda:1", State.PAUSING, None, 0, 2, ""),
        WorkerScene(3, "cpu", State.GIVEN_UP, None, 0, 3, "died 4 times, by SIGSEGV"),
        WorkerScene(4, "cpu", State.FAILED, None, 0, 0, "no store at [/data/store]"),
    ],
)


def test_a_terminal_shows_a_line_per_worker_and_the_study_below(monkeypatch, capsys):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "110")
    view = live_view("Trials", 10)
    assert isinstance(view, LiveView)
    with view:
        view.say("worker 2 died by SIGKILL; it starts again in 2 s")
        view.show(SCENE)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", capsys.readouterr().err)
    lines = [line.split() for line in shown.splitlines()]
    assert ["1", "cuda:0", "training", "9", "3/10", "0.812", "4.2", "5"] in lines
    assert ["2", "cuda:1", "starts", "again", "0", "2"] in lines
    assert ["3", "cpu", "given", "up:", "died", "4", "times,", "by", "SIGSEGV", "0", "3"] in lines
    assert ["4", "cpu", "failed:", "no", "store", "at", "[/data/store]", "0"] in lines
    assert "5/12" in shown
    assert "1 running  120 per hour  1 stopped  2 failed  best 0.857" in shown
    assert "worker 2 died by SIGKILL" in shown


def test_elsewhere_there_are_plain_lines(capsys):
    view = live_view("Trials", 10)
    assert isinstance(view, PlainView)
    with view:
        view.show(SCENE)
        view.show(SCENE)
        view.say("worker 2 died by SIGKILL; it starts again in 2 s")
    assert capsys.readouterr().err.splitlines() == [
        "Trials: 5/12  1 running  120 per hour  1 stopped  2 failed  best 0.857",
        "worker 2 died by SIGKILL; it starts again in 2 s",
    ]
