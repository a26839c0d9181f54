"""Whether the trials answer a question, and if not, why."""

from enum import StrEnum


class Status(StrEnum):
    """What there is of an answer; a sentence beside it says more."""

    ANSWERED = "answered"
    TOO_FEW = "too few trials"
    CONSTANT = "does not vary"
    COLLINEAR = "varies only together with others"
