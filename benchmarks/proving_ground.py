"""A server, a tiny record store and a home of their own, for as long as a benchmark runs."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from postgres_server import PostgresServer, postgres_server

from ecg.preparation import prepare
from ecg.signal import Preprocessing
from ecg.synthetic import write_corpus
from storage.database import Database, open_database


@dataclass(frozen=True)
class Ground:
    """Where a benchmark runs."""

    root: Path
    store: Path
    server: PostgresServer
    database: Database


@contextmanager
def proving_ground() -> Iterator[Ground]:
    """A PostgreSQL 15 of 100 connections, 120 synthetic records, and nothing of the user's."""
    with tempfile.TemporaryDirectory(prefix="ecgscale-") as folder:
        root = Path(folder)
        os.environ["ECGSCALE_HOME"] = str(root / "home")
        write_corpus(root / "corpus", 120)
        prepare(root / "corpus", root / "store", Preprocessing())
        with postgres_server(root / "postgres", "max_connections=100") as server:
            os.environ["ECGSCALE_STORAGE_PASSWORD_FILE"] = str(server.password_file)
            yield Ground(root, root / "store", server, open_database(server.url))
