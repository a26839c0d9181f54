"""A study's trials as JSON, each written once, and compressed in blocks."""

from collections.abc import Callable, Iterator, Sequence

from optuna.trial import FrozenTrial

from search.dashboard.pieces import Piece

_BLOCK = 256  # trials

Write = Callable[[Sequence[FrozenTrial]], list[bytes]]


class KeptTrials:
    """What has been written of a study's trials; those that have changed are written anew."""

    def __init__(self) -> None:
        self._trials: list[FrozenTrial] = []
        self._written: list[bytes] = []
        self._blocks: dict[int, Piece] = {}

    def update(self, trials: Sequence[FrozenTrial], write: Write, stale: frozenset[int] = frozenset()) -> bool:
        """Write what is new, has changed, or is among the ids of `stale`; whether any of it now reads differently.

        Args:
            trials: all of the study, by number; one that is the same object as before has not changed.
        """
        known = len(self._trials)
        fresh = [
            i
            for i, trial in enumerate(trials)
            if i >= known or trial is not self._trials[i] or trial._trial_id in stale
        ]
        self._trials = list(trials)
        differs = False
        for i, written in zip(fresh, write([trials[i] for i in fresh]) if fresh else [], strict=True):
            differs |= self._keep(i, written)
        return differs

    def _keep(self, i: int, written: bytes) -> bool:
        if i == len(self._written):
            self._written.append(written)
        elif self._written[i] == written:
            return False
        else:
            self._written[i] = written
        self._blocks.pop(_block_of(i), None)
        return True

    def written(self, rows: Sequence[int]) -> bytes:
        """The trials at these places, as the inside of a JSON array."""
        return b", ".join(self._written[row] for row in rows)

    def from_row(self, first: int) -> Iterator[Piece]:
        """The trials from there on, as the inside of a JSON array."""
        if first >= len(self._written):
            return
        yield Piece(self._written[first])
        block, end = _block_of(first + 1), _first_of(_block_of(first + 1) + 1)
        if first + 1 > _first_of(block):
            yield Piece(self._continued(first + 1, end))
            block += 1
        while _first_of(block) < len(self._written):
            if block not in self._blocks:
                self._blocks[block] = Piece(self._continued(_first_of(block), _first_of(block + 1)))
            yield self._blocks[block]
            block += 1

    def _continued(self, start: int, end: int) -> bytes:
        """Each with the comma before it."""
        return b"".join(b", " + written for written in self._written[start:end])


def _block_of(row: int) -> int:
    """The first trial, which has no comma before it, is in none."""
    return (row - 1) // _BLOCK


def _first_of(block: int) -> int:
    return block * _BLOCK + 1
