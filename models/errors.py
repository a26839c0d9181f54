"""What can be wrong with a network or its training."""

from ecgscale import InputError, RunError


class ImpossibleNetwork(InputError):
    """The numbers describe no network: the message holds the rule and the values."""


class TrainingFailed(RunError):
    """A training could not end with a usable network, for instance because its loss became NaN."""
