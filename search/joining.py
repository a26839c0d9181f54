"""Joining a study as a worker that trains."""

from pathlib import Path

from search.config import StudyConfig
from search.objective import TrainingObjective
from search.worker import Limits, Say, Worker
from storage.database import Database
from storage.studies import Study


def join_study(
    database: Database,
    study: Study,
    *,
    store: Path | None = None,
    device: str | None = None,
    compiled: bool = False,
    limits: Limits | None = None,
    say: Say = print,
) -> Worker:
    """A worker that trains the study's trials on this machine; the arguments are those of `TrainingObjective`.

    Raises:
        StoreError, ConfigError, SignalsLost: the store is missing, cannot be read, or is not the study's; or the study
            was made by another ecgscale.
        ImpossibleDevice: the machine does not have the device.
        ArtifactError: networks cannot be kept where the study keeps them.
    """
    config = StudyConfig.load(study.config)
    objective = TrainingObjective(study, config, store=store, device=device, compiled=compiled)
    return Worker(database, study, config, objective, limits=limits, say=say)
