"""What can be wrong with the database and what lies in it."""

from ecgscale import InputError, RunError


class DatabaseError(InputError):
    """The database cannot be reached or is not one ecgscale can use."""


class StudyError(InputError):
    """A study does not exist, or exists already, or cannot be created as asked."""


class ArtifactError(InputError):
    """The place of checkpoints and networks is not one ecgscale can use."""


class DatabaseLost(RunError):
    """A database that was there cannot be reached any more; it may come back."""


class TransferFailed(RunError):
    """A study's file cannot be written."""


class LeaseLost(RunError):
    """Another worker has taken the trial over; what this one had no longer counts."""
