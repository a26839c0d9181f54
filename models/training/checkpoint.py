"""Files of one training: its newest checkpoint while it runs, the finished network at the end.

Each is a pair: tensors as safetensors, named after their content, and a JSON file that names them. Replacing the JSON
file is the one step that counts: before it the older pair is whole, after it the newer one. Nothing in either file is
executed when it is read.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from models.errors import CheckpointFailed
from models.training.files import Files, Folder

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
    """The files of one training.

    Attributes:
        files: where they are written.
    """

    def __init__(self, place: Path | Files, earlier: Sequence[Files] = ()) -> None:
        """
        Args:
            place: a folder, or files kept elsewhere.
            earlier: of earlier owners of this training, newest first; their checkpoints are read where there is none
                of ours. Each owner writes to its own, so that one who is late cannot spoil another's.
        """
        self.files: Files = Folder(place) if isinstance(place, Path) else place
        self._earlier = tuple(earlier)

    def save_checkpoint(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Replace the checkpoint.

        Raises:
            CheckpointFailed: it cannot be written; the older one is still whole.
        """
        self._save(CHECKPOINT, tensors, state)

    def load_checkpoint(self) -> Saved | None:
        """The last checkpoint, or None where there is none, or what there is is damaged.

        Raises:
            CheckpointFailed: the place cannot be reached.
        """
        found = (_load(files, CHECKPOINT) for files in (self.files, *self._earlier))
        return next((saved for saved in found if saved is not None), None)

    def drop_checkpoint(self) -> None:
        """Remove the checkpoint: the training's result is safe elsewhere."""
        for files in (self.files, *self._earlier):
            files.remove(CHECKPOINT)

    def save_network(self, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        """Keep the finished network.

        Raises:
            CheckpointFailed: it cannot be written.
        """
        self._save(NETWORK, tensors, state)

    def load_network(self) -> Saved | None:
        """The finished network's weights and what belongs to them, or None where there are none.

        Raises:
            CheckpointFailed: the place cannot be reached.
        """
        return _load(self.files, NETWORK)

    def _save(self, name: str, tensors: Mapping[str, Tensor], state: Mapping[str, Any]) -> None:
        content = save({key: tensor.detach().cpu().contiguous() for key, tensor in tensors.items()})
        digest = hashlib.sha256(content).hexdigest()
        file = f"{name}-{digest[:_DIGITS]}.safetensors"
        described = json.dumps({**state, "tensors": {"file": file, "sha256": digest}}, indent=1)
        with self._writing():
            older = _tensor_file(self.files, name)
            self.files.write(file, content)
            self.files.write(f"{name}.json", described.encode())
            if older not in (None, file):
                self.files.remove(str(older))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CheckpointFailed(
                f"cannot write to {error.filename or self.files}: {error.strerror or error}; free some space or check "
                "the permissions"
            ) from error


def _load(files: Files, name: str) -> Saved | None:
    """None also where a power cut or a hand has left something else than what was written.

    Raises:
        CheckpointFailed: the files cannot be read.
    """
    try:
        described = files.read(f"{name}.json")
        state = json.loads(described or b"")
        tensors = state.pop("tensors")
        content = files.read(tensors["file"])
        if content is None or hashlib.sha256(content).hexdigest() != tensors["sha256"]:
            return None
        return Saved(load(content), state)
    except OSError as error:
        raise CheckpointFailed(
            f"cannot read from {error.filename or files}: {error.strerror or error}; check the permissions"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, SafetensorError):
        return None


def _tensor_file(files: Files, name: str) -> str | None:
    """The tensors that the JSON file names now. Others are not ours to remove: their owner may be about to."""
    try:
        return str(json.loads(files.read(f"{name}.json") or b"")["tensors"]["file"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
