"""Files of one training: a checkpoint after every epoch, the finished network at the end.

Both are written beside their place and renamed, and loaded with `weights_only=True`: nothing in them is executed.
"""

import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


class TrainingFolder:
    """The folder of one training."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save_checkpoint(self, state: Mapping[str, Any]) -> None:
        """Replace the checkpoint."""
        self._save("checkpoint.pt", state)

    def load_checkpoint(self) -> dict[str, Any] | None:
        """The last checkpoint, or None where there is none that can be read."""
        return self._load("checkpoint.pt")

    def save_network(self, state: Mapping[str, Any]) -> None:
        """Keep the finished network."""
        self._save("network.pt", state)

    def drop_checkpoint(self) -> None:
        """Remove the checkpoint: the training's result is safe elsewhere."""
        (self._path / "checkpoint.pt").unlink(missing_ok=True)

    def load_network(self) -> dict[str, Any] | None:
        """The finished network's weights and thresholds, or None where it is not on this machine."""
        return self._load("network.pt")

    def _save(self, name: str, state: Mapping[str, Any]) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        temporary = self._path / f".{name}.partial-{os.getpid()}"  # an owner that lost its lease may still write
        torch.save(dict(state), temporary)
        temporary.replace(self._path / name)

    def _load(self, name: str) -> dict[str, Any] | None:
        try:
            state: dict[str, Any] = torch.load(self._path / name, map_location="cpu", weights_only=True)
        except FileNotFoundError:
            return None
        except (RuntimeError, EOFError, pickle.UnpicklingError):
            return None  # a power cut may leave a file that was never written to the end
        return state
