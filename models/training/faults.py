"""What goes wrong inside torch, by our names."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from models.errors import OutOfMemory

_SAID_BY_ALLOCATORS = ("can't allocate memory", "out of memory", "bad_alloc", "not enough memory")


@contextmanager
def named_faults() -> Iterator[None]:
    """
    Raises:
        OutOfMemory: in the place of what torch and numpy raise when memory is short.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        raise OutOfMemory(_first_sentence(error)) from error


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    said = str(error)
    return any(words in said for words in _SAID_BY_ALLOCATORS)


def _first_sentence(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
