"""Why an owner's part of a trial ended, and whether the trial is tried again."""

from enum import StrEnum


class Cause(StrEnum):
    """What ended an attempt.

    Attributes:
        attempts: how many attempts that ended badly a trial may have before it is given up for this cause; None
            where the trial is not to blame and goes on as often as it takes.
    """

    attempts: int | None

    FINISHED = "finished", None
    PREEMPTED = "preempted", None  # the worker was told to stop
    LOST = "lost", 3  # the worker vanished: a trial that kills its workers must not kill them all
    INTERRUPTED = "interrupted", 3  # the surroundings failed: a full disk, a record store that is gone
    OUT_OF_MEMORY = "out of memory", 2  # another worker may have more of it
    DIVERGED = "diverged", 1  # and would again: a training is deterministic
    USER_ERROR = "user error", 1  # the network's own code raised it

    def __new__(cls, value: str, attempts: int | None) -> "Cause":
        member = str.__new__(cls, value)
        member._value_ = value
        member.attempts = attempts
        return member

    @property
    def counts(self) -> bool:
        """Whether an attempt that ended so is one of those that a trial may have."""
        return self.attempts is not None
