import threading

import pytest

from search.launch import restarts
from search.launch.ray.actor import ENDED, FAILED, PAUSING, RUNNING, Keeper, Task, last_words

DIES = "import os; print('so far', flush=True); os.kill(os.getpid(), 9)"
WAITS = "import time; print('waits', flush=True); time.sleep(60)"


@pytest.fixture
def keeper(tmp_path, monkeypatch):
    """Makes keepers of a Python program, and the list of what they note."""
    monkeypatch.setattr(restarts, "_PAUSES_S", (0.01,) * 3)

    def make(program, note=lambda state, says: None):
        notes = []

        def both(state, says):
            notes.append(state)
            note(state, says)

        return Keeper(Task("k-1", ["-c", program], {"SAID": "told"}, str(tmp_path / "logs" / "1.log")), both), notes

    return make


def test_a_worker_that_ends_by_itself_is_not_started_again(keeper):
    done, notes = keeper("import os; print(os.environ['SAID'])")
    assert done.run() == (ENDED, "told")
    assert notes == [RUNNING]
    failed, _ = keeper("import sys; sys.exit('ecgscale: the store is gone')")
    assert failed.run() == (FAILED, "the store is gone")


def test_a_worker_that_is_killed_is_started_again_but_not_for_ever(keeper):
    dying, notes = keeper(DIES)
    assert dying.run() == (FAILED, "died 4 times in a row, the last time killed by SIGKILL; so far")
    assert notes == [RUNNING, PAUSING] * 3 + [RUNNING]


def test_one_that_is_told_to_stop_does_not_come_back(keeper):
    waiting, notes = keeper(WAITS, lambda state, says: threading.Timer(0.5, waiting.stop).start())
    assert waiting.run() == (ENDED, "stopped")
    assert notes[0] == RUNNING


def test_a_node_without_ecgscale_is_told_of():
    assert "install ecgscale on every node" in last_words(b"/usr/bin/python3: No module named search")
    assert last_words(b"") == "it said nothing"
