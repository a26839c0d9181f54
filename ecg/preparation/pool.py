"""Chunks prepared in order, by as many processes as there are cores to use."""

import itertools
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process

from ecg.errors import PreparationFailed
from ecg.preparation.chunk import Chunk, Origin, prepare_chunk

CHUNK = 128
_WORTH_A_PROCESS = 1500  # records; starting one takes as long as preparing about as many
_AHEAD = 3  # chunks in flight per process: bounds the memory, keeps everybody busy


def processes_for(entries: int) -> int:
    """How many processes are worth their start."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, entries // _WORTH_A_PROCESS))


def prepared_chunks(origin: Origin, entries: Sequence[str], processes: int) -> Iterator[tuple[Chunk, int]]:
    """Each chunk of `entries` in order, with the number of its entries.

    Raises:
        PreparationFailed: a process was killed.
    """
    parts = [entries[first : first + CHUNK] for first in range(0, len(entries), CHUNK)]
    if processes == 1:
        for part in parts:
            yield prepare_chunk(origin, part), len(part)
        return
    # The first chunk is prepared here: it compiles what the processes then load.
    yield prepare_chunk(origin, parts[0]), len(parts[0])
    yield from _by_processes(origin, parts[1:], processes)


def _by_processes(origin: Origin, parts: Sequence[Sequence[str]], processes: int) -> Iterator[tuple[Chunk, int]]:
    pool = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_leave_signals_to_the_parent)
    waiting = iter(parts)
    running: deque[tuple[Future[Chunk], int]] = deque()
    try:
        while True:
            for part in itertools.islice(waiting, processes * _AHEAD - len(running)):
                running.append((pool.submit(prepare_chunk, origin, part), len(part)))
            if not running:
                break
            future, count = running.popleft()
            yield future.result(), count
    except BrokenProcessPool as error:
        raise PreparationFailed(
            "a preparing process was killed, perhaps for want of memory; run the same command again, "
            "it goes on where it stopped"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _leave_signals_to_the_parent() -> None:
    """Ctrl-C reaches every process of the terminal; the parent ends the others. They end too when it is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
