"""Chunks prepared in order, by as many processes as there are cores to use."""

import os
import signal
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection

from ecg.errors import PreparationFailed
from ecg.preparation.chunk import Chunk, Origin, prepare_chunk
from ecg.sources import Corpus

CHUNK = 128  # records
_WORTH_A_PROCESS = 1500  # records; starting one takes as long as preparing about as many

Parts = Sequence[Sequence[str]]


def processes_for(entries: int) -> int:
    """How many processes are worth their start."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, entries // _WORTH_A_PROCESS))


def prepared_chunks(
    corpus: Corpus, origin: Origin, entries: Sequence[str], processes: int
) -> Generator[Chunk, None, None]:
    """All of `entries` in chunks, in order.

    Args:
        corpus: of `origin`, opened here; other processes open it for themselves.

    Raises:
        PreparationFailed: a process was killed, or the memory is used up.
    """
    parts = [entries[first : first + CHUNK] for first in range(0, len(entries), CHUNK)]
    # The first part is always prepared here: it compiles what other processes then load.
    alone = len(parts) if processes == 1 else 1
    for part in parts[:alone]:
        yield from _chunks_of(corpus, origin, part)
    if parts[alone:]:
        yield from _by_processes(origin, parts[alone:], processes)


def _chunks_of(corpus: Corpus, origin: Origin, part: Sequence[str]) -> Iterator[Chunk]:
    done = 0
    while done < len(part):
        chunk = prepare_chunk(corpus, origin.how, part[done:])
        done += chunk.entries
        yield chunk


def _by_processes(origin: Origin, parts: Parts, processes: int) -> Iterator[Chunk]:
    """Of `n` processes each prepares every n-th part and waits until a chunk is fetched, which bounds the memory.

    Pipes rather than an executor, which can hang when it is interrupted while it starts.
    """
    context = get_context("spawn")
    resource_tracker.ensure_running()  # or the first start would, and unblock Ctrl-C while at it
    running, receivers = [], []
    try:
        for number in range(processes):
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_prepare_parts, args=(origin, parts[number::processes], sender))
            with _deaf_to_ctrl_c():
                process.start()
            sender.close()
            running.append(process)
            receivers.append(receiver)
        for index, part in enumerate(parts):
            yield from _fetched(receivers[index % processes], len(part))
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.join()


def _fetched(receiver: Connection, entries: int) -> Iterator[Chunk]:
    """The chunks of the next part of a process."""
    while entries:
        try:
            sent = receiver.recv()
        except (EOFError, OSError) as error:
            raise PreparationFailed(
                "a preparing process was killed, perhaps for want of memory; run the same command again, "
                "it goes on where it stopped"
            ) from error
        if isinstance(sent, PreparationFailed):
            raise sent
        entries -= sent.entries
        yield sent


def _prepare_parts(origin: Origin, parts: Parts, sender: Connection) -> None:
    with suppress(BrokenPipeError):  # nobody is left to fetch it
        try:
            corpus = origin.open()
            for part in parts:
                for chunk in _chunks_of(corpus, origin, part):
                    sender.send(chunk)
        except PreparationFailed as error:
            sender.send(error)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process started in here never hears the Ctrl-C that reaches everyone on the terminal; its parent ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
