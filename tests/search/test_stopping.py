import os
import signal

import pytest

from search import stopping
from search.errors import ConfigError
from search.stopping import Stop, seconds_of


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_and_the_second_interrupts(number, monkeypatch):
    monkeypatch.setattr(stopping, "_ECHO_S", 0.0)
    stop = Stop()
    with stop.listening():
        assert not stop
        os.kill(os.getpid(), number)
        assert stop
        assert (stop.why, stop.by_signal) == (f"stopped by {number.name}", True)
        stop.wait(60)  # at once
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)


@pytest.mark.parametrize("drain", [signal.SIGUSR1, signal.SIGINT])
def test_the_signal_that_drains_asks_to_stop_when_it_comes_again(drain):
    stop = Stop(drain=drain)
    with stop.listening():
        assert not stop.draining
        os.kill(os.getpid(), drain)
        assert stop.draining
        assert not stop
        os.kill(os.getpid(), drain)
        assert stop
        assert stop.why == f"stopped by {drain.name}"
    assert Stop(0).draining


def test_a_sigterm_just_after_the_signal_that_drains_is_no_echo():
    stop = Stop()
    with stop.listening():
        os.kill(os.getpid(), signal.SIGUSR1)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop


def test_a_sigterm_that_echoes_the_one_before_is_the_same_wish():
    stop = Stop()
    with stop.listening():
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop.why == "stopped by SIGTERM"
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)  # while the trial is handed back


@pytest.mark.parametrize(("handler", "heard"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)])
def test_a_terminal_that_hangs_up_asks_to_stop_unless_nohup_wants_otherwise(handler, heard):
    before = signal.signal(signal.SIGHUP, handler)
    try:
        stop = Stop()
        with stop.listening():
            os.kill(os.getpid(), signal.SIGHUP)
            assert bool(stop) is heard
    finally:
        signal.signal(signal.SIGHUP, before)


def test_who_stops_already_need_not_be_told_to_drain():
    stop = Stop()
    with stop.listening():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert stop.why == "stopped by SIGTERM"


def test_time_that_is_over_stops_too():
    assert not Stop(60)
    over = Stop(0)
    assert over
    assert (over.why, over.by_signal) == ("its time was over", False)


@pytest.mark.parametrize(
    ("text", "seconds"), [("11h", 39600), ("90m", 5400), ("1h30m", 5400), ("1.5h", 5400), ("2d 1h", 176400)]
)
def test_durations_are_read(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "11", "h", "-1h", "0s", "1h x", "11:00"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ConfigError, match="a time is written like 11h, 90m or 1h30m, but got"):
        seconds_of(text)
