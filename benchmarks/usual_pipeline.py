"""The usual way to train a 1-D network on ECGs, written plainly: what `bench_training.py` measures ours against.

One file per record, a DataLoader with worker processes, each record changed on its own, fp32, Conv1d, batches of 32.
Crops, changes, network, weights at the start, optimiser and learning rates are the same as ours.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset


class RecordFiles(Dataset[tuple[Tensor, Tensor]]):
    """One .npy file per record, leads x samples, float32."""

    def __init__(self, folder: Path, rows: np.ndarray, labels: np.ndarray, change: Callable[[Tensor], Tensor]) -> None:
        self._files = [folder / f"{row}.npy" for row in rows]
        self._labels = torch.from_numpy(labels[rows]).float()
        self._change = change

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self._change(torch.from_numpy(np.load(self._files[index]))), self._labels[index]


@dataclass(frozen=True)
class Change:
    """Crop, warp, amplitude, noise, wander, time mask and lead mask of one record, one after the other."""

    length: int
    rate: float
    augment: bool

    def __call__(self, record: Tensor) -> Tensor:
        start = int(torch.randint(0, record.shape[1] - self.length + 1, ()))
        signal = record[:, start : start + self.length].clone()
        if not self.augment:
            return signal
        signal = self._warp(signal) * _uniform(0.8, 1.2)
        signal = signal + 0.01 * torch.randn(signal.shape)
        seconds = torch.arange(self.length) / self.rate
        wave = torch.sin(2 * math.pi * _uniform(0.25, 1) * seconds + _uniform(0, 2 * math.pi))
        signal = signal + _uniform(0, 1) * wave
        width = int(torch.randint(1, max(1, round(0.1 * self.rate)) + 1, ()))
        first = int(torch.randint(0, self.length - width + 1, ()))
        signal[:, first : first + width] = 0
        kept = torch.rand(len(signal)) >= 0.5
        if not kept.any():
            kept[int(torch.randint(0, len(signal), ()))] = True
        return signal * kept[:, None]

    def _warp(self, signal: Tensor) -> Tensor:
        length = int(self.length * _uniform(0.8, 1.2))
        warped = nn.functional.interpolate(signal[None], size=length, mode="linear")[0]
        return nn.functional.pad(warped[:, : self.length], (0, max(0, self.length - length)))


def usual_network(network: nn.Module) -> nn.Module:
    """The same network with the same weights, of torch's one-dimensional layers."""
    return nn.Sequential(*map(_one_dimensional, network.children()))


def train_usual(
    network: nn.Module,
    files: RecordFiles,
    *,
    epochs: int,
    workers: int,
    device: torch.device,
    batch_size: int,
    learning_rate: Callable[[int, int], float],
) -> list[float]:
    """Train the network in place; seconds of each epoch."""
    loader = DataLoader(
        files,
        batch_size=batch_size,
        shuffle=True,
        drop_last=True,
        num_workers=workers,
        persistent_workers=workers > 0,
        pin_memory=device.type == "cuda",
    )
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-2)
    loss_of = nn.BCEWithLogitsLoss()
    network.train()
    seconds = []
    for epoch in range(epochs):
        started = time.perf_counter()
        for index, (signals, labels) in enumerate(loader):
            for group in optimizer.param_groups:
                group["lr"] = learning_rate(epoch * len(loader) + index, len(loader))
            optimizer.zero_grad()
            loss = loss_of(network(signals.to(device)), labels.to(device))
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            loss.item()
        seconds.append(time.perf_counter() - started)
    return seconds


def _one_dimensional(module: nn.Module) -> nn.Module:
    """The module with each two-dimensional layer replaced by its one-dimensional kind."""
    if isinstance(module, nn.Conv2d):
        stride = getattr(module, "_step", module.stride[1])  # our strided pointwise convolutions pick samples first
        made: nn.Module = nn.Conv1d(
            module.in_channels,
            module.out_channels,
            module.kernel_size[1],
            stride=stride,
            padding=module.padding[1],
            groups=module.groups,
            bias=module.bias is not None,
        )
        weights = {
            name: value.squeeze(2).contiguous() if value.dim() == 4 else value
            for name, value in module.state_dict().items()
        }
        made.load_state_dict(weights)
        return made
    if isinstance(module, nn.BatchNorm2d):
        made = nn.BatchNorm1d(module.num_features, eps=module.eps, momentum=module.momentum)
        made.load_state_dict(module.state_dict())
        return made
    if isinstance(module, nn.MaxPool2d):
        sizes: Any = module.kernel_size, module.stride, module.padding
        return nn.MaxPool1d(*(size[1] for size in sizes))
    if isinstance(module, nn.AdaptiveAvgPool2d):
        return nn.AdaptiveAvgPool1d(1)
    for name, child in module.named_children():
        setattr(module, name, _one_dimensional(child))
    return module


def _uniform(low: float, high: float) -> float:
    return low + (high - low) * float(torch.rand(()))
