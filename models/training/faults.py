"""What goes wrong inside torch, by our names."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from models.errors import OutOfMemory, TrainingFailed

_SAID_BY_ALLOCATORS = ("can't allocate memory", "out of memory", "bad_alloc", "not enough memory", "ALLOC_FAILED")
_SAID_BY_DEVICES = ("CUDA error", "cuDNN error", "CUBLAS_STATUS", "CUDNN_STATUS", "HIP error")
_COMPILERS = ("torch._dynamo", "torch._inductor")


@contextmanager
def named_faults() -> Iterator[None]:
    """
    Raises:
        OutOfMemory: in the place of what torch and numpy raise when memory is short.
        TrainingFailed: torch.compile cannot make the kernels, or the device is out of order.
    """
    try:
        yield
    except Exception as error:
        if _is_out_of_memory(error):
            raise OutOfMemory(_first_sentence(error)) from error
        if type(error).__module__.startswith(_COMPILERS):
            raise TrainingFailed(
                f"torch.compile does not work here ({_first_sentence(error)}); leave --compile out"
            ) from error
        if isinstance(error, RuntimeError) and any(words in str(error) for words in _SAID_BY_DEVICES):
            raise TrainingFailed(f"the device is out of order: {_first_sentence(error)}") from error
        raise


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _SAID_BY_ALLOCATORS)


def _first_sentence(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
