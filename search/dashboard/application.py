"""What the dashboard answers: a few routes of ours, and optuna-dashboard for all others."""

import io
import json
import re
import threading
from collections.abc import Iterable
from http import HTTPStatus
from importlib.util import find_spec
from urllib.parse import parse_qs

from optuna.exceptions import StorageInternalError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ecgscale import EcgscaleError
from search.dashboard.answer import Answer, Environ, StartResponse, hardened
from search.dashboard.artifacts import TrialArtifacts
from search.dashboard.composer import Composer
from search.dashboard.guard import Guard
from search.dashboard.notes import own_part
from search.dashboard.study_detail import StudyDetail, read_study
from storage.database import Database, Patience
from storage.errors import DatabaseLost, StudyError
from storage.studies import Study, find_study

_PATIENCE_S = 1.0  # a connection that has gone stale is made anew; whoever looks is told soon
_PREFERENTIAL = "preference:is_preferential"
_IDS = re.compile(r"/(\d+)(?=/|$)")
_LARGEST_ID = 2**31 - 1  # that Postgres holds
_STUDY = re.compile(r"/api/studies/(\d+)")
_RENAME = re.compile(r"/api/studies/\d+/rename")
_NOTE = re.compile(r"/api/studies/\d+(?:/\d+)?/note")
_ARTIFACT = re.compile(r"/artifacts/(\d+)/(\d+)/([\w.]+)")
_NEEDS_DATABASE = ("/api/studies", "/api/trials", "/artifacts", "/csv")


class DashboardApplication:
    """The whole, as WSGI; any number of threads may call it."""

    def __init__(self, database: Database, guard: Guard) -> None:
        from optuna_dashboard import wsgi

        held = database.holding_on().with_patience(Patience(_PATIENCE_S))
        self._database = held
        self._storage = held.optuna_storage()
        self._composer = Composer(database)
        self._details: dict[int, StudyDetail] = {}
        self._lock = threading.Lock()
        self._editable = guard.writable
        self._theirs = wsgi(self._storage)
        self._application = hardened(guard.around(self._answer))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        return self._application(environ, start_response)

    def close(self) -> None:
        """End what goes on beside the requests, and let go of the database."""
        self._composer.close()
        self._database.let_go()
        self._storage.engine.dispose()

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        environ.setdefault("HTTP_ACCEPT_ENCODING", "")  # optuna-dashboard takes it for granted
        environ["PATH_INFO"] = environ["PATH_INFO"].rstrip("/")
        try:
            found = self._own(environ)
        except DatabaseLost as error:
            found = Answer.refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        except (StorageInternalError, DBAPIError):  # it went away in the middle of what Optuna reads
            found = Answer.refusal(HTTPStatus.SERVICE_UNAVAILABLE, f"{self._database.shown} does not answer; try again")
        except EcgscaleError as error:
            found = Answer.refusal(HTTPStatus.NOT_FOUND, str(error))
        return self._theirs(environ, start_response) if found is None else found.send(environ, start_response)

    def _own(self, environ: Environ) -> Answer | None:
        """Our answer; None leaves it to optuna-dashboard."""
        path, reads = environ["PATH_INFO"], environ["REQUEST_METHOD"] in ("GET", "HEAD")
        if reads and path == "/api/meta":
            return Answer.of_json(_META)
        if any(int(one) > _LARGEST_ID for one in _IDS.findall(path)):
            return Answer.refusal(HTTPStatus.NOT_FOUND, "no study and no trial has so large an id")
        if path.startswith(_NEEDS_DATABASE):
            self._database.run(lambda session: session.execute(text("SELECT 1")))
        if reads and (asked := _STUDY.fullmatch(path)):
            return self._study(environ, int(asked[1]))
        if reads and (asked := _ARTIFACT.fullmatch(path)):
            return self._artifact(int(asked[1]), int(asked[2]), asked[3])
        if _RENAME.fullmatch(path):
            return Answer.refusal(HTTPStatus.FORBIDDEN, _NO_RENAMING)
        if environ["REQUEST_METHOD"] == "PUT" and _NOTE.fullmatch(path):
            _drop_our_part(environ)
        return None

    def _study(self, environ: Environ, study_id: int) -> Answer | None:
        try:
            after = int(parse_qs(environ.get("QUERY_STRING", "")).get("after", ["0"])[0])
        except ValueError:
            after = -1
        if after < 0:
            return Answer.refusal(HTTPStatus.BAD_REQUEST, "`after` must be a number of trials, 0 or more")
        try:
            study = read_study(self._storage, study_id)
        except KeyError:
            return Answer.refusal(HTTPStatus.NOT_FOUND, f"there is no study with the id {study_id}")
        if study.system_attrs.get(_PREFERENTIAL):
            return None
        return self._detail(study_id, study.study_name).answer(study, after, environ)

    def _detail(self, study_id: int, name: str) -> StudyDetail:
        with self._lock:
            if study_id not in self._details:
                connected = (self._database, self._storage, self._composer)
                self._details[study_id] = StudyDetail(study_id, self._ours(name), connected, editable=self._editable)
            return self._details[study_id]

    def _ours(self, name: str) -> Study | None:
        try:
            return find_study(self._database, name)
        except StudyError:
            return None

    def _artifact(self, study_id: int, trial_id: int, name: str) -> Answer:
        nothing = Answer.refusal(HTTPStatus.NOT_FOUND, "there is no such file")
        try:
            study = self._ours(self._storage.get_study_name_from_id(study_id))
            trial = self._storage.get_trial(trial_id)
            theirs = self._storage.get_trial_id_from_study_id_trial_number(study_id, trial.number)
        except KeyError:
            return nothing
        return (
            nothing
            if study is None or theirs != trial_id
            else TrialArtifacts(self._database, study).answer(trial, name) or nothing
        )


def _drop_our_part(environ: Environ) -> None:
    """From a note that is to be stored."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    try:
        note = json.loads(body)
        body = json.dumps({**note, "body": own_part(note["body"])}).encode()
    except (ValueError, TypeError, KeyError):
        pass  # optuna-dashboard says what is wrong with it
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


_META = {
    "artifact_is_available": True,
    "llm_is_available": False,
    "plotlypy_is_available": find_spec("plotly") is not None,
    "allow_unsafe": False,
}
_NO_RENAMING = (
    "optuna-dashboard renames a study by copying its trials and deleting it, which would lose its workers, curves and "
    "settings; the name stays"
)
