"""What a fit is worth."""

from enum import StrEnum


class Status(StrEnum):
    """The verdict on a fit."""

    CONVERGED = "converged"
    TOO_FEW_POINTS = "too few points"
    NOT_CONVERGED = "not converged"
    NO_LAW = "no law here"  # the interval of an exponent contains zero, or y grows with x
    BOUND_HIT = "bound hit"  # a parameter sits at its bound, for instance an offset that vanishes
    NO_BETTER_THAN_LINE = "no better than a line"  # the power law without offset does as well
