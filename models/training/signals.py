"""How signals get from the record store to the device: whole at the start where they fit, else batch by batch.

Both read the file by its descriptor. A memory-mapped file that is cut short, or whose server is gone, would end the
process by a signal; a read that fails is an error like any other.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from ecg.store import RecordStore
from models.errors import SignalsLost
from models.training.machine import free_memory

_SHARE_OF_DEVICE = {"cuda": 0.5, "cpu": 0.125}  # on a CPU other workers load the same
_AHEAD = 2
_ROWS_AT_ONCE = 4096


class Signals(Protocol):
    """The signals of a store's rows, on the device as they are needed."""

    def batches(self, plan: Sequence[np.ndarray]) -> Iterator["Batch"]:
        """For each array of row numbers its signals, on the device.

        Raises:
            SignalsLost: the file can no longer be read.
        """
        ...


@dataclass(frozen=True)
class Batch:
    """Records among others on the device; nothing is copied before it is known which samples are wanted.

    Attributes:
        signals: M x C x L, float16.
        places: N, which of them.
    """

    signals: Tensor
    places: Tensor

    def __len__(self) -> int:
        return len(self.places)

    @property
    def leads(self) -> int:
        return int(self.signals.shape[1])

    @property
    def samples(self) -> int:
        """L, the samples of a whole record."""
        return int(self.signals.shape[2])

    def crops(self, starts: Tensor, length: int) -> Tensor:
        """`length` samples of each record from its first sample (N, on the device) on; N x C x length, float32."""
        if length == self.samples:
            return self.signals.index_select(0, self.places).float()
        return self.signals.unfold(2, length, 1)[self.places, :, starts].float()


def open_signals(store: RecordStore, rows: np.ndarray, device: torch.device) -> Signals:
    """The signals of `rows`: on the device whole where they fit in, streamed where they do not.

    Raises:
        SignalsLost: the file cannot be read.
    """
    file = SignalFile(store)
    if len(rows) * file.bytes_per_row <= _SHARE_OF_DEVICE[device.type] * free_memory(device):
        return ResidentSignals(file, rows, device)
    return StreamedSignals(file, device)


class SignalFile:
    """A store's signals.npy, read row by row."""

    def __init__(self, store: RecordStore) -> None:
        """
        Raises:
            SignalsLost: the file cannot be opened.
        """
        self.shape = store.signals.shape[1:]
        self.bytes_per_row = int(np.prod(self.shape)) * store.signals.itemsize
        self._offset = int(store.signals.offset)
        self._path = store.signals_path
        try:
            self._file = self._path.open("rb", buffering=0)
        except OSError as error:
            raise self._lost(error) from error

    def read(self, rows: np.ndarray, *, pinned: bool = False) -> Tensor:
        """Signals of `rows`, N x C x L, float16; neighbouring rows are read at once.

        Raises:
            SignalsLost: the file is gone or was cut short.
        """
        signals = torch.empty((len(rows), *self.shape), dtype=torch.float16, pin_memory=pinned)
        target = memoryview(signals.numpy().data).cast("B")
        ends = [*np.flatnonzero(np.diff(rows) != 1) + 1, len(rows)]
        start = 0
        for end in ends:
            self._read_run(int(rows[start]), target[start * self.bytes_per_row : end * self.bytes_per_row])
            start = end
        return signals

    def _read_run(self, first: int, target: memoryview) -> None:
        place = self._offset + first * self.bytes_per_row
        while target:
            try:
                read = os.preadv(self._file.fileno(), [target], place)
            except OSError as error:
                raise self._lost(error) from error
            if not read:
                raise self._lost("it was cut short")
            target, place = target[read:], place + read

    def _lost(self, why: object) -> SignalsLost:
        reason = why.strerror if isinstance(why, OSError) else why
        return SignalsLost(
            f"the record store's signals cannot be read any more ({self._path}: {reason}); bring the "
            "store back and start again, or name its copy with --store"
        )


class ResidentSignals:
    """All signals on the device."""

    def __init__(self, file: SignalFile, rows: np.ndarray, device: torch.device) -> None:
        wanted = np.sort(rows)
        self._signals = torch.empty((len(rows), *file.shape), dtype=torch.float16, device=device)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = file.read(wanted[start : start + _ROWS_AT_ONCE])
            self._signals[start : start + len(part)] = part.to(device)
        self._rows = wanted

    def batches(self, plan: Sequence[np.ndarray]) -> Iterator[Batch]:
        for places in places_of(plan, self._rows, self._signals.device):
            yield Batch(self._signals, places)


def places_of(plan: Sequence[np.ndarray], rows: np.ndarray, device: torch.device) -> Iterable[Tensor]:
    """Where each batch of row numbers stands among the sorted `rows`; all go to the device at once."""
    if not plan:
        return ()
    wanted = np.concatenate(plan)
    places = np.searchsorted(rows, wanted)
    assert np.array_equal(rows[np.minimum(places, len(rows) - 1)], wanted), "rows that are not of the split"
    return torch.split(torch.from_numpy(places).to(device), [len(batch) for batch in plan])


class StreamedSignals:
    """Signals read from the file by a thread while the device works on earlier ones."""

    def __init__(self, file: SignalFile, device: torch.device) -> None:
        self._file = file
        self._device = device

    def batches(self, plan: Sequence[np.ndarray]) -> Iterator[Batch]:
        pinned = self._device.type == "cuda"
        with ThreadPoolExecutor(1, thread_name_prefix="signals") as reader:
            ahead: list[Future[Tensor]] = []
            try:
                for number in range(len(plan) + _AHEAD):
                    if number < len(plan):
                        ahead.append(reader.submit(self._file.read, plan[number], pinned=pinned))
                    if number >= _AHEAD:
                        signals = ahead.pop(0).result().to(self._device, non_blocking=pinned)
                        yield Batch(signals, torch.arange(len(signals), device=self._device))
            finally:
                for future in ahead:
                    future.cancel()
