"""What a preparation has done so far, on disk, so that an interrupted one goes on where it stopped.

A folder `.NAME.partial` beside the store holds the signals, their sketches and, line by line, what became of each
chunk. Whatever a crash left behind the last whole line is cut off.
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from ecg.errors import StoreError
from ecg.preparation.chunk import Chunk, Origin
from ecg.preparation.duplicates import WIDTH
from ecg.sources.corpus import files_below
from ecg.store import VERSION
from ecg.store.layout import SIGNALS
from ecg.store.writer import SignalFile, stored_sha256

_KEY, _LINES, _SKETCHES = "key", "chunks.jsonl", "sketches.f32"


class Journal:
    """The working folder of one preparation, held by one process at a time.

    Attributes:
        folder: the working folder.
        rows, rejected: of all chunks so far, see `Chunk`.
        done: entries read so far.
        signals: the growing signal file.
    """

    def __init__(self, store: Path, origin: Origin, entries: Sequence[str]) -> None:
        """Take up what an earlier run of the same preparation left, or begin.

        Raises:
            StoreError: another process prepares the same store, or its place cannot be written.
        """
        import fasteners

        self.folder = working_folder(store)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = fasteners.InterProcessLock(self.folder / "lock")
            if not self._lock.acquire(blocking=False):
                raise StoreError(f"another process is preparing {store}; wait for it, or choose another --out")
            self._begin_or_resume(_key(origin, entries), origin.how.samples)
        except OSError as error:
            raise StoreError(f"cannot write {store}: {error.strerror}; choose another --out") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.signals.__exit__(kind, error, trace)
        for file in (self._lines, self._sketches):
            with suppress(OSError):
                file.close()
        self._lock.release()

    def append(self, chunk: Chunk) -> None:
        """Add what became of the next entries; once this returns, it survives the end of this process."""
        if len(chunk.signals):
            self.signals.append(chunk.signals)
            self._sketches.write(chunk.sketches.tobytes())
            self._sketches.flush()
        said = {
            "entries": chunk.entries,
            "rows": chunk.rows,
            "rejected": chunk.rejected,
            "sketches": hashlib.sha256(chunk.sketches.tobytes()).hexdigest(),
        }
        self._lines.write(json.dumps(said).encode() + b"\n")
        self._lines.flush()
        self._take(said)

    def sketches(self) -> np.ndarray:
        """Windows x WIDTH."""
        self._sketches.seek(0)
        return np.frombuffer(self._sketches.read(), np.float32).reshape(-1, WIDTH)

    def discard(self) -> None:
        """Remove the working folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _begin_or_resume(self, key: str, samples: int) -> None:
        self.rows: list[dict[str, Any]] = []
        self.rejected: list[tuple[str, str]] = []
        self.done = 0
        whole = self._read_lines(samples) if self._is_of(key) else 0
        if not whole:
            (self.folder / _KEY).write_text(key)
        count = len(self.rows)
        self._lines = (self.folder / _LINES).open("r+b" if whole else "w+b")
        self._lines.truncate(whole)
        self._lines.seek(whole)
        self._sketches = (self.folder / _SKETCHES).open("r+b" if whole else "w+b")
        self._sketches.truncate(count * 4 * WIDTH)
        self._sketches.seek(count * 4 * WIDTH)
        self.signals = SignalFile(self.folder / SIGNALS, samples, count)

    def _is_of(self, key: str) -> bool:
        files = [self.folder / name for name in (_KEY, _LINES, _SKETCHES, SIGNALS)]
        return all(file.is_file() for file in files) and files[0].read_text() == key

    def _read_lines(self, samples: int) -> int:
        """Take the chunks whose line, signals and sketches are whole; returns the bytes of those lines."""
        whole = 0
        with (
            (self.folder / _LINES).open("rb") as lines,
            (self.folder / SIGNALS).open("rb") as signals,
            (self.folder / _SKETCHES).open("rb") as sketches,
        ):
            for line in lines:
                try:
                    said = json.loads(line) if line.endswith(b"\n") else {}
                    rows, expected = said["rows"], said["sketches"]
                except (ValueError, KeyError, TypeError):  # cut off by a crash, or garbled by a power cut
                    break
                digests = stored_sha256(signals, samples, len(self.rows), len(rows))
                sketched = hashlib.sha256(sketches.read(4 * WIDTH * len(rows))).hexdigest()
                if digests != [row["sha256"] for row in rows] or sketched != expected:
                    break
                self._take(said)
                whole += len(line)
        return whole

    def _take(self, said: dict[str, Any]) -> None:
        self.rows += said["rows"]
        self.rejected += [(path, reason) for path, reason in said["rejected"]]
        self.done += said["entries"]


def working_folder(store: Path) -> Path:
    """Where `store` is being made."""
    return store.with_name(f".{store.name}.partial")


def _key(origin: Origin, entries: Sequence[str]) -> str:
    """Equal for preparations of which one may go on with the other's work: of the same files, read the same way."""
    said = [VERSION, str(origin.root.resolve()), origin.layout, origin.labels, repr(origin.how), list(entries)]
    digest = hashlib.sha256(json.dumps(said).encode())
    for path in files_below(origin.root):
        with suppress(OSError):  # a link to nowhere
            state = path.stat()
            digest.update(
                f"{path.relative_to(origin.root)}|{state.st_size}|{state.st_mtime_ns}\n".encode(
                    errors="surrogateescape"
                )
            )
    return digest.hexdigest()
