"""What differs between machines and not between results: devices, memory, deterministic kernels."""

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import torch

from models.errors import ImpossibleDevice

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # names of glibc's mallopt
_MOST = 2**31 - 1
_CGROUPS = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
_CUBLAS = "CUBLAS_WORKSPACE_CONFIG"


def best_device() -> torch.device:
    """The first GPU, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def list_gpus() -> list[str]:
    """Names of the GPUs that torch can use here."""
    return [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []


def find_device(name: str | None = None) -> torch.device:
    """The device of that name, from now on the one that torch uses; arguments and errors are those of `known_device`.

    A process that only looks takes `known_device`: to choose a GPU takes some of its memory.
    """
    device = known_device(name)
    if device.type == "cuda" and device.index is not None:
        torch.cuda.set_device(device)
    return device


def known_device(name: str | None = None) -> torch.device:
    """The device of that name; by default the first GPU, or the CPU.

    Raises:
        ImpossibleDevice: the machine does not have it.
    """
    if name is None:
        return best_device()
    kind, _, number = name.partition(":")
    gpus = list_gpus()
    known = ["cpu", *(["cuda"] if gpus else []), *gpus]
    if name not in known:
        why = "this machine has no GPU that torch can use" if kind == "cuda" and not gpus else "there is no such device"
        raise ImpossibleDevice(f"cannot train on {name!r}: {why}; known here: {', '.join(known)}")
    return torch.device(kind, int(number)) if number else torch.device(kind)


def free_memory(device: torch.device) -> int:
    """Bytes that a new training may take on the device."""
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min(int(psutil.virtual_memory().available), *_left_to_the_job())


def _left_to_the_job() -> list[int]:
    """Bytes that a container or a cluster's job may still take, where it is told how many."""
    found = [2**63]
    for limit, used in _CGROUPS:
        with suppress(OSError, ValueError):
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
    return found


def describe_hardware(device: torch.device) -> dict[str, str | int]:
    """What results depend on, down to the last bit."""
    if device.type == "cuda":
        return {"device": torch.cuda.get_device_name(device), "torch": torch.__version__}
    return {"device": _processor(), "threads": torch.get_num_threads(), "torch": torch.__version__}


def reuse_memory() -> None:
    """Keep freed memory in the process, where the C library is glibc.

    By default glibc gives large blocks back to the system, and every step of a training pays for fresh pages again:
    up to half of its time.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_TRIM_THRESHOLD, _MOST)
        mallopt(_M_MMAP_MAX, 0)


@contextmanager
def deterministic_kernels() -> Iterator[None]:
    """Kernels that give the same result each time; those that have no such form are left as they are."""
    os.environ.setdefault(_CUBLAS, ":4096:8")  # read when a process first uses its GPU
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    memory: Any = torch.utils.deterministic
    filled, benchmarked = memory.fill_uninitialized_memory, torch.backends.cudnn.benchmark
    torch.use_deterministic_algorithms(True, warn_only=True)
    memory.fill_uninitialized_memory = False
    torch.backends.cudnn.benchmark = False
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before[0], warn_only=before[1])
        memory.fill_uninitialized_memory = filled
        torch.backends.cudnn.benchmark = benchmarked


def _processor() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
