"""Which arithmetic a machine is good at."""

from contextlib import AbstractContextManager

import torch

from models.training.recipe import Precision


def has_bf16() -> bool:
    """Whether the GPU, or without one the CPU, computes with bf16 in hardware."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # torch 2.6 does not have it yet
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[object]:
    """The autocast context of `precision` on `device`."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision is Precision.BF16)
