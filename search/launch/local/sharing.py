"""One machine's devices and cores, shared out among workers."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Share:
    """What one worker gets: a device, and how many threads its computing uses."""

    device: str
    threads: int


def share_out(devices: Sequence[str], workers: int | None, per_device: int | None) -> list[Share]:
    """A share for each worker, the devices taken in turn and the cores divided evenly.

    Args:
        workers: in all; by default `per_device` on each.
    """
    count = workers or len(devices) * (per_device or 1)
    threads = max(1, min(_cores() // count, _asked_for()))
    return [Share(devices[index % len(devices)], threads) for index in range(count)]


def _asked_for() -> int:
    """Threads that the user wants at the most."""
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return int(asked) if asked.isdecimal() else sys.maxsize


def _cores() -> int:
    """Cores this process may use, which on a cluster are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
