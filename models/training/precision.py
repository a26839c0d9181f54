"""Which arithmetic a machine is good at."""

from contextlib import AbstractContextManager

import torch

from models.training.recipe import Precision


def best_precision() -> Precision:
    """bf16 where the GPU, or without one the CPU, computes with it in hardware; fp32 elsewhere."""
    if torch.cuda.is_available():
        return Precision.BF16 if torch.cuda.is_bf16_supported() else Precision.FP32
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.6 does not have it yet
    fast = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    return Precision.BF16 if fast else Precision.FP32


def best_device() -> torch.device:
    """The first GPU, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """The autocast context of `precision` on `device`."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision is Precision.BF16)
