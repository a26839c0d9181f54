"""Where the files of a training lie: in a folder, or wherever somebody else keeps files."""

import errno
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Protocol


class Files(Protocol):
    """Named files, each there whole or not at all."""

    def read(self, name: str) -> bytes | None:
        """A file's content, or None where there is none.

        Raises:
            OSError: it cannot be read.
        """
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write or replace a file.

        Raises:
            OSError: it cannot be written; what was there before still is.
        """
        ...

    def remove(self, prefix: str) -> None:
        """Remove the files whose names begin so; what cannot be removed stays."""
        ...


class Folder:
    """Files in a folder of this machine, or one that several share."""

    def __init__(self, path: Path, mark: Path | None = None) -> None:
        """
        Args:
            mark: a file without which nothing is written: of a share that is not mounted, only the place is there.
        """
        self.path = path
        self._mark = mark

    def __str__(self) -> str:
        return str(self.path)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, content: bytes) -> None:
        if self._mark is not None and not self._mark.exists():
            raise FileNotFoundError(errno.ENOENT, "the shared folder is gone", str(self._mark.parent))
        self.path.mkdir(parents=True, exist_ok=True)
        write_atomically(self.path / name, content)

    def remove(self, prefix: str) -> None:
        with suppress(OSError):
            for left in (*self.path.glob(f"{prefix}*"), *self.path.glob(f".{prefix}*")):
                left.unlink(missing_ok=True)


def _temporary_beside(path: Path) -> Path:
    """A name for what is being written; several processes may write the same file."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, have it on disk, and rename it: there whole or not at all, after a power cut too.

    Raises:
        OSError: it cannot be written; what was there before still is.
    """
    temporary = _temporary_beside(path)
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
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
