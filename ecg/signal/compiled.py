"""How this package's inner loops are compiled."""

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile `function` when it is first called, and keep the result on disk for the next process.

    Where no folder can be written for that, not even in the user's home, each process compiles for itself.
    """
    try:
        return numba.njit(function, cache=True, nogil=True, fastmath={"contract", "nsz"})
    except RuntimeError:
        return numba.njit(function, nogil=True, fastmath={"contract", "nsz"})
