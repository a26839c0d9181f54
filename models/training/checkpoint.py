"""Files of one training: its newest checkpoint while it runs, the finished network at the end.

Each is a pair: tensors as safetensors, named after their content, and a JSON file that names them. Replacing the JSON
file is the one step that counts: before it the older pair is whole, after it the newer one. Nothing in either file is
executed when it is read.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from models.errors import CheckpointFailed

CHECKPOINT, NETWORK = "checkpoint", "network"
_DIGITS = 16


@dataclass(frozen=True)
class Saved:
    """What a pair of files holds: named tensors, on the CPU, and plain data."""

    tensors: dict[str, Tensor]
    state: dict[str, Any]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `prefix` and a dot, by the rest of their names."""
        start = f"{prefix}."
        return {name.removeprefix(start): tensor for name, tensor in self.tensors.items() if name.startswith(start)}


def named(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under names that `Saved.part` finds."""
    return {f"{prefix}.{name}": tensor for name, tensor in tensors.items()}


class TrainingFolder:
    """The folder of one training."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def save_checkpoint(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Replace the checkpoint.

        Raises:
            CheckpointFailed: it cannot be written; the older one is still whole.
        """
        self._save(CHECKPOINT, tensors, state)

    def load_checkpoint(self) -> Saved | None:
        """The last checkpoint, or None where there is none that can be read."""
        return self._load(CHECKPOINT)

    def drop_checkpoint(self) -> None:
        """Remove the checkpoint: the training's result is safe elsewhere."""
        (self.path / f"{CHECKPOINT}.json").unlink(missing_ok=True)
        self._prune(CHECKPOINT, keep="")

    def save_network(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Keep the finished network.

        Raises:
            CheckpointFailed: it cannot be written.
        """
        self._save(NETWORK, tensors, state)

    def load_network(self) -> Saved | None:
        """The finished network's weights and what belongs to them, or None where it is not on this machine."""
        return self._load(NETWORK)

    def _save(self, name: str, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        content = save({key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()})
        digest = hashlib.sha256(content).hexdigest()
        file = f"{name}-{digest[:_DIGITS]}.safetensors"
        described = json.dumps({**state, "tensors": {"file": file, "sha256": digest}}, indent=1)
        with self._writing():
            self.path.mkdir(parents=True, exist_ok=True)
            _write(self.path / file, content)
            _write(self.path / f"{name}.json", described.encode())
            self._prune(name, keep=file)

    def _load(self, name: str) -> Saved | None:
        """None also where a power cut or a hand has left something else than what was written."""
        try:
            state = json.loads((self.path / f"{name}.json").read_text())
            tensors = state.pop("tensors")
            content = (self.path / tensors["file"]).read_bytes()
            if hashlib.sha256(content).hexdigest() != tensors["sha256"]:
                return None
            return Saved(load(content), state)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError):
            return None

    def _prune(self, name: str, keep: str) -> None:
        for old in self.path.glob(f"{name}-*.safetensors"):
            if old.name != keep:
                old.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CheckpointFailed(
                f"cannot write to {error.filename or self.path}: {error.strerror}; free some space or check the "
                "permissions"
            ) from error


def _write(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that it is there whole or not at all, after a power cut too."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")  # an owner that lost its lease may still write
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
