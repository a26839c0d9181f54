"""Rules that a family's numbers must meet."""

from models.errors import ImpossibleNetwork


def require_positive(**numbers: object) -> None:
    """Refuse numbers that are not whole and at least 1.

    Raises:
        ImpossibleNetwork: naming every fault at once.
    """
    wrong = {
        key: value
        for key, value in numbers.items()
        if not isinstance(value, int) or isinstance(value, bool) or value < 1
    }
    if wrong:
        faults = ", ".join(f"{key}={value!r}" for key, value in wrong.items())
        raise ImpossibleNetwork(f"a network's numbers must be whole and at least 1, but got {faults}")


def require_odd(**numbers: int) -> None:
    """Refuse even kernels: with padding kernel // 2 they would change a residual branch's length.

    Raises:
        ImpossibleNetwork: naming the value.
    """
    even = {key: value for key, value in numbers.items() if value % 2 == 0}
    if even:
        faults = ", ".join(f"{key}={value}" for key, value in even.items())
        raise ImpossibleNetwork(f"kernels must be odd so that residual branches keep their length, but got {faults}")
