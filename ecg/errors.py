"""What can be wrong with records and stores."""

from ecgscale import InputError


class RecordRejected(InputError):
    """One record cannot be used; preparation goes on and lists it with this reason."""


class StoreError(InputError):
    """A record store is missing, incomplete, or not the one that was expected."""
