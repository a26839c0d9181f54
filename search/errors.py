"""What can be wrong with a search."""

from ecgscale import InputError, RunError


class SpaceError(InputError):
    """A design space cannot be used; the message lists every fault."""


class ConfigError(InputError):
    """A study cannot be created or joined as asked."""


class WorkerError(RunError):
    """A worker or a launch gave up."""
