"""A thread that looks after a lease while its trial is trained, and after the leases of others."""

import random
import threading
import time
from collections.abc import Mapping
from typing import Self

from storage.claims import Claim
from storage.database import Database
from storage.errors import DatabaseError, DatabaseLost, LeaseLost
from storage.leases import reap, renew
from storage.studies import Study

_RENEWALS = 4  # per lease
_SPREAD_S = 0.5  # over which those that share a study look after a lease that is over
_BETWEEN_EPOCHS_S = 1.0  # those of a tiny network come faster; they are written together
_AGAIN_S = 0.5  # after the database was away; a lease may be waiting for it


class Tending:
    """Renews a lease, with the epochs that are safe, and reaps trials of workers that died.

    A database that is away never holds up the training: epochs wait here until it is back.

    Attributes:
        lost: what to say once another worker has taken the trial over.
        seen: epochs that were added.
    """

    def __init__(self, database: Database, study: Study, claim: Claim) -> None:
        self._database = database
        self._study = study
        self._claim = claim
        self._epochs: list[Mapping[str, float]] = []
        self.seen = 0
        self.lost: LeaseLost | None = None
        self._wake = threading.Event()
        self._over = False
        self._renewed_at = time.monotonic()
        self._thread = threading.Thread(target=self._tend, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self._wake.set()
        self._thread.join()

    @property
    def epochs(self) -> list[Mapping[str, float]]:
        """Those that no renewal has written yet."""
        return list(self._epochs)

    def add(self, epoch: Mapping[str, float]) -> None:
        """Have an epoch written whose checkpoint is safe.

        Raises:
            LeaseLost: another worker has taken the trial over.
        """
        if self.lost:
            raise self.lost
        self._epochs.append(epoch)
        self.seen += 1
        if time.monotonic() - self._renewed_at > _BETWEEN_EPOCHS_S:
            self._wake.set()

    def _tend(self) -> None:
        pause = _SPREAD_S * (1 + random.random()) / 2  # a training that is over by then needs none of this
        while not self._rested(pause):
            try:
                self._renew()
                pause = self._until_next(reap(self._database, self._study))
            except LeaseLost as lost:
                self.lost = lost
                return
            except (DatabaseLost, DatabaseError):
                pause = _AGAIN_S * (1 + random.random())

    def _rested(self, seconds: float) -> bool:
        """Sleep until then, or until an epoch is to be written; whether all is over."""
        self._wake.wait(seconds)
        self._wake.clear()
        return self._over

    def _renew(self) -> None:
        written = list(self._epochs)
        self._renewed_at = time.monotonic()
        renew(self._database, self._claim, written)
        del self._epochs[: len(written)]

    def _until_next(self, soonest: float | None) -> float:
        """Seconds until our renewal, or until a lease will be over that nobody has renewed."""
        renewal = self._claim.lease / _RENEWALS * random.uniform(0.8, 1.0)
        return renewal if soonest is None else min(renewal, max(soonest, 0) + _SPREAD_S * (1 + random.random()) / 2)
