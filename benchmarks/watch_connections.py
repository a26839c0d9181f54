"""How many connections a PostgreSQL ever has."""

import threading

from sqlalchemy import text

from storage.database import open_database


class Watch:
    """Looks at pg_stat_activity many times a second."""

    def __init__(self, url: str) -> None:
        self._engine = open_database(url).engine
        self._over = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def _look(self) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not self._over.wait(0.02):
                seen = int(connection.scalar(text("SELECT count(*) FROM pg_stat_activity")) or 0)
                self._peak = max(self._peak, seen)

    def end(self) -> int:
        """The most that were ever there."""
        self._over.set()
        self._thread.join()
        return self._peak
