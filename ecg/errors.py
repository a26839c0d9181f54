"""What can be wrong with records, stores and outputs to be scored."""

from ecgscale import InputError, RunError


class RecordRejected(InputError):
    """One record cannot be used; preparation goes on and lists it with this reason."""


class StoreError(InputError):
    """A record store is missing, incomplete, or not the one that was expected."""


class PreparationFailed(RunError):
    """Preparing a store was cut short by the machine; what was done is kept for the next run."""


class ScoreError(InputError):
    """Labels or outputs to be scored are missing, do not fit together, or are not in the challenge's form."""
