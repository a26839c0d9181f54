"""What a trial failed of."""

from models.errors import CheckpointFailed, Diverged, OutOfMemory, SignalsLost
from storage.causes import Cause

_CAUSES: tuple[tuple[type[BaseException], Cause], ...] = (
    (Diverged, Cause.DIVERGED),
    (OutOfMemory, Cause.OUT_OF_MEMORY),
    (MemoryError, Cause.OUT_OF_MEMORY),
    (SignalsLost, Cause.INTERRUPTED),
    (CheckpointFailed, Cause.INTERRUPTED),
    (OSError, Cause.INTERRUPTED),
)


def cause_of(error: BaseException) -> Cause:
    """The cause for which a trial that raised `error` ends; what nobody expected, its network's code has raised."""
    return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), Cause.USER_ERROR)
