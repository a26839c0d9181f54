"""Looks at a study again and again, and bears with a database that is away."""

from search.launch.scene import Watcher
from storage.database import Database, Patience
from storage.errors import DatabaseLost
from storage.leases import reap
from storage.progress import Progress, progress
from storage.studies import Study

_AT_LAST_S = 30.0


class Lookout:
    """How the study stands; while its database is away, how it stood: workers train on, with a patience of their own.

    Raises:
        DatabaseLost: it is away at the first look.
    """

    def __init__(self, database: Database, study: Study, watcher: Watcher) -> None:
        self._database = database
        self._study = study
        self._watcher = watcher
        self._away = False
        self._last = self._look()

    def __call__(self) -> Progress:
        try:
            self._last = self._look()
        except DatabaseLost as lost:
            if not self._away:
                self._watcher.say(f"{lost}; workers train on, and wait for it")
            self._away = True
        else:
            if self._away:
                self._watcher.say("the database is back")
            self._away = False
        return self._last

    def at_last(self) -> Progress:
        """How it stands at the end, for which a database that is away is waited for a while.

        Raises:
            DatabaseLost: longer than that.
        """
        self._database = self._database.with_patience(Patience(_AT_LAST_S, self._watcher.say))
        return self._look()

    def _look(self) -> Progress:
        reap(self._database, self._study)
        return progress(self._database, self._study)
