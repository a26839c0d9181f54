import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from search.cli.study_view import StudyView
from search.cli.watch import Snapshot
from storage.progress import Failure, Progress, Running, StoppedTrial
from storage.regions import Newest
from storage.studies import Study, Terms

STATE = Progress(
    trials=40,
    counted=20,
    states={"complete": 19, "pruned": 1, "fail": 2, "running": 6},
    running=[Running(f"node{i}.cluster.example-4{i}", 60 + i, 1, i, 0.7, 4.25, 2.0) for i in range(1, 7)],
    finished_by={},
    per_hour=10.0,
    drafts={},
    samplers={},
    wasted={"preempted": 700.0},
    stopped=[StoppedTrial(7, 3, "below the front")],
    failures=[Failure(8, "diverged", "the loss became [red]nan[/red]")],
    best=0.81,
    paused=False,
    ended=None,
)
STUDY = Study(1, "a [bold]study[/bold]", "key", Terms(40), {"training": {"epochs": 10}})
VALUES = np.column_stack([np.linspace(0.5, 0.81, 19), np.geomspace(1e6, 1e8, 19)])
SEEN = Snapshot(STUDY, STATE, Newest(19), VALUES, np.full(19, True))


def _lines(seen, width, height):
    """What a terminal of this size shows."""
    console = Console(width=width, height=height)
    options = console.options.update(width=width, height=height)
    lines = console.render_lines(StudyView(seen), options.update(height=height), pad=False)
    return ["".join(segment.text for segment in line) for line in lines]


@pytest.mark.parametrize(("width", "height"), [(120, 40), (80, 24), (40, 24), (60, 16), (40, 13)])
def test_it_fits_any_terminal_with_the_first_workers_trial_epoch_and_score(width, height):
    lines = _lines(SEEN, width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    shown = "\n".join(lines)
    assert re.search(r"node1\S* +61 +1/10 +0\.700", shown)
    assert "20/40, 2 h left" in shown
    assert "spent in vain: preempted 12 min" in shown
    assert "trial 8 failed" in shown


def test_the_plot_goes_first_where_lines_are_few():
    assert "19 complete trials, 19 on the front" in "\n".join(_lines(SEEN, 80, 24))
    assert "on the front" not in "\n".join(_lines(SEEN, 80, 14))


def test_more_trials_are_shown_where_there_is_room():
    count = ["\n".join(_lines(SEEN, 80, height)).count("node") for height in (12, 24, 40)]
    assert count[0] < count[1] < count[2] == 6


def test_words_of_others_are_no_markup():
    shown = "\n".join(_lines(SEEN, 120, 40))
    assert "a [bold]study[/bold]" in shown
    assert "the loss became [red]nan[/red]" in shown


def test_a_database_that_is_away_is_said_to_be_so_beside_what_was_seen_last():
    shown = "\n".join(_lines(replace(SEEN, away="the database does not answer"), 80, 24))
    assert "the database does not answer; trying again" in shown
    assert "20/40" in shown


def test_without_a_trial_the_way_on_is_said():
    idle = replace(SEEN, state=replace(STATE, running=[], counted=0), values=VALUES[:0], front=np.zeros(0, dtype=bool))
    assert "ecgscale launch 'a [bold]study[/bold]'" in "\n".join(_lines(idle, 90, 24))
