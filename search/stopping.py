"""How a worker is told to stop: by a signal, or because its time is over."""

import math
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from search.errors import ConfigError

DRAIN = signal.SIGUSR1  # tells a worker to finish its trial and take no other
_SLICE_S = 0.1
_ECHO_S = 2.0  # Slurm says SIGTERM twice within milliseconds to a job that is preempted, or whose time is over
_UNITS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


class Stop:
    """Whether to stop, and why.

    SIGTERM, SIGINT or a terminal that hangs up asks to stop: the step under way is finished, a checkpoint written. Once
    more is a KeyboardInterrupt, wherever the program is, unless it is a SIGTERM that only echoes the one before. The
    signal that drains asks to finish what runs and to take nothing else; once more, it asks to stop.
    """

    def __init__(self, seconds: float | None = None, *, drain: signal.Signals = DRAIN) -> None:
        """
        Args:
            seconds: from now on, after which to stop.
            drain: the signal that drains.
        """
        self._deadline = math.inf if seconds is None else time.monotonic() + seconds
        self._drain = drain
        self._drained = False
        self._signal: signal.Signals | None = None
        self._heard = 0.0

    def __bool__(self) -> bool:
        return self._signal is not None or time.monotonic() >= self._deadline

    @property
    def draining(self) -> bool:
        """Whether to take nothing else, at the least."""
        return self._drained or bool(self)

    @property
    def why(self) -> str:
        """What to say of it."""
        return "its time was over" if self._signal is None else f"stopped by {self._signal.name}"

    @property
    def by_signal(self) -> bool:
        return self._signal is not None

    def wait(self, seconds: float) -> None:
        """Sleep, unless told to stop."""
        until = min(time.monotonic() + seconds, self._deadline)
        while not self and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _SLICE_S))  # a handler that would wake a lock's waiter may find the lock taken

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear signals; only the main thread can."""
        signals = {signal.SIGINT, signal.SIGTERM, self._drain}
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup wants it so
            signals.add(signal.SIGHUP)
        before = {number: signal.signal(number, self._hear) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._signal is not None:
            echoes = number == signal.SIGTERM == self._signal and now - self._heard < _ECHO_S
            if echoes or number == DRAIN:
                return
            raise KeyboardInterrupt
        if number == self._drain and not self._drained:
            self._drained = True
        else:
            self._signal = signal.Signals(number)
            self._heard = now


def seconds_of(duration: str) -> float:
    """Seconds of a duration as people write it: 11h, 90m, 1h30m, 45s, 2d.

    Raises:
        ConfigError: it is none.
    """
    parts = re.fullmatch(r"(?:(\d+(?:\.\d+)?[dhms])\s*)+", duration.strip())
    total = sum(float(n) * _UNITS[unit] for n, unit in re.findall(r"(\d+(?:\.\d+)?)([dhms])", duration)) if parts else 0
    if total <= 0:
        raise ConfigError(f"a time is written like 11h, 90m or 1h30m, but got {duration!r}")
    return total
