"""What can be wrong with a network or its training.

InputError
|-- ImpossibleNetwork
|-- ImpossibleRecipe
`-- ImpossibleDevice
RunError
|-- Stopped            a training was asked to stop; it can go on where it was
`-- TrainingFailed     one training ended without a usable network; whoever trains others goes on
    |-- Diverged
    |-- OutOfMemory
    |-- SignalsLost
    `-- CheckpointFailed
"""

from ecgscale import InputError, RunError


class ImpossibleNetwork(InputError):
    """The numbers describe no network: the message holds the rule and the values."""


class ImpossibleRecipe(InputError):
    """The settings describe no training: the message holds the rule and the values."""


class ImpossibleDevice(InputError):
    """The machine does not have the device that was asked for."""


class Stopped(RunError):
    """A training was asked to stop; its checkpoint holds all that it had done."""


class TrainingFailed(RunError):
    """A training could not end with a usable network."""


class Diverged(TrainingFailed):
    """The loss is no longer finite, or has grown beyond all bounds."""


class OutOfMemory(TrainingFailed):
    """A training step needs more memory than there is, in parts too."""


class SignalsLost(TrainingFailed):
    """The record store's signals can no longer be read."""


class CheckpointFailed(TrainingFailed):
    """A checkpoint or the finished network cannot be written."""
