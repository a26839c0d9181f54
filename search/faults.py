"""What a trial failed of."""

from models.errors import Diverged, OutOfMemory, TrainingFailed
from storage.causes import Cause

_CAUSES: tuple[tuple[type[BaseException], Cause], ...] = (
    (Diverged, Cause.DIVERGED),
    (OutOfMemory, Cause.OUT_OF_MEMORY),
    (MemoryError, Cause.OUT_OF_MEMORY),
    (TrainingFailed, Cause.INTERRUPTED),  # of the machine: its disk, its device, its compiler
    (OSError, Cause.INTERRUPTED),
)


def cause_of(error: BaseException) -> Cause:
    """The cause for which a trial that raised `error` ends; what nobody expected, its network's code has raised."""
    return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), Cause.USER_ERROR)
