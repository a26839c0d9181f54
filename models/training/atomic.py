"""Files that are there whole or not at all, after a power cut too."""

import os
import uuid
from contextlib import suppress
from pathlib import Path


def _temporary_beside(path: Path) -> Path:
    """A name for what is being written; several processes may write the same file."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place, have it on disk, and rename it.

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
