"""Asking the rule of early stopping at each rung of a running trial."""

import threading
from collections.abc import Mapping
from dataclasses import replace

from search.config import StudyConfig
from search.halving import Hopeless, rungs, verdict
from storage.claims import Claim
from storage.curves import Curve, read_curves
from storage.database import Database
from storage.errors import DatabaseError, DatabaseLost
from storage.studies import Study

_LONGEST_WAIT_S = 2.0  # for the database, while the training stands still


class StoppedEarly(Exception):
    """A trial is not worth its remaining epochs.

    Attributes:
        why: what the rule says.
        epoch: its last one.
    """

    def __init__(self, why: Hopeless, epoch: int) -> None:
        super().__init__(str(why))
        self.why = why
        self.epoch = epoch


class RungWatch:
    """Stops one trial where the rule says so; without an answer from the database in time it goes on."""

    def __init__(self, database: Database, study: Study, config: StudyConfig, claim: Claim) -> None:
        self._database = database
        self._study = study
        self._claim = claim
        self._epochs = config.training.epochs
        self._rungs = rungs(self._epochs) if config.early_stopping else ()

    def look_at(self, row: Mapping[str, float]) -> None:
        """Judge the trial by the epoch that is just over.

        Raises:
            StoppedEarly: the rule says so.
        """
        epoch, score = int(row["epoch"]), row["balanced_accuracy"]
        if epoch not in self._rungs:
            return
        curves = [self._up_to_date(curve, epoch, score) for curve in self._read_in_time()]
        why = verdict(curves, self._claim.number, epoch, self._epochs)
        if why is not None:
            raise StoppedEarly(why, epoch)

    def _up_to_date(self, curve: Curve, epoch: int, score: float) -> Curve:
        """Our own newest epoch may not be written yet."""
        return replace(curve, scores={**curve.scores, epoch: score}) if curve.number == self._claim.number else curve

    def _read_in_time(self) -> list[Curve]:
        """The study's curves; none where the database is away or slow."""
        found: list[Curve] = []

        def read() -> None:
            try:
                found.extend(read_curves(self._database, self._study))
            except (DatabaseLost, DatabaseError):
                return

        reading = threading.Thread(target=read, daemon=True)
        reading.start()
        reading.join(_LONGEST_WAIT_S)
        return [] if reading.is_alive() else found
