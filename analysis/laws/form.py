"""The forms of a law: y falls with x, as a power alone, down to an offset, or with size and data."""

from enum import StrEnum


class Form(StrEnum):
    """How y depends on x."""

    POWER = "power"  # y = A x^-alpha
    POWER_OFFSET = "power-offset"  # y = E + A x^-alpha
    CHINCHILLA = "chinchilla"  # y = E + A / N^alpha + B / D^beta (Hoffmann et al. 2022, equation 2)

    @property
    def inputs(self) -> int:
        """How many x it has."""
        return 2 if self is Form.CHINCHILLA else 1

    @property
    def has_offset(self) -> bool:
        return self is not Form.POWER

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names in the order in which they are fitted: offset, amplitudes, exponents."""
        return {
            Form.POWER: ("A", "alpha"),
            Form.POWER_OFFSET: ("E", "A", "alpha"),
            Form.CHINCHILLA: ("E", "A", "B", "alpha", "beta"),
        }[self]

    @property
    def exponents(self) -> tuple[str, ...]:
        return self.parameters[-self.inputs :]

    @property
    def min_points(self) -> int:
        """So many that more points than parameters remain when the largest third is held out."""
        return {Form.POWER: 4, Form.POWER_OFFSET: 5, Form.CHINCHILLA: 8}[self]

    @property
    def min_values(self) -> int:
        """Different values that each x must have."""
        return 4 if self is Form.POWER_OFFSET else 3
