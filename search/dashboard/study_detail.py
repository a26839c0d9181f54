"""A study and its trials as optuna-dashboard's page asks for them, over and over.

optuna-dashboard writes every trial anew for each request, uncompressed. Here a trial is written once, and compressed
once with its neighbours; what comes with every answer is small, or has changed. The page asks for the trials from the
first on that it knows to be unfinished (`after`), and shows them in place of those that it has from there on.
"""

import gc
import json
import re
import secrets
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial
from optuna_dashboard._custom_plot_data import get_plotly_graph_objects
from optuna_dashboard._note import get_note_from_system_attrs
from optuna_dashboard._serializer import serialize_study_detail

from search.dashboard.answer import Answer, Environ
from search.dashboard.artifacts import list_artifacts
from search.dashboard.best import best_rows
from search.dashboard.composer import Composed, Composer
from search.dashboard.kept_trials import KeptTrials
from search.dashboard.notes import beneath, trial_note
from search.dashboard.pieces import Piece, gzipped, joined
from search.dashboard.search_space import columns_of
from search.dashboard.trial_json import TrialSerializer
from storage.database import Database
from storage.optuna_storage import OptunaStorage
from storage.owners import Owner, read_owners
from storage.studies import Study

_TRIAL_NOTE = re.compile(r"dashboard:(\d+):note_ver")

Note = dict[str, Any]


class StudyDetail:
    """Answers for one study; threads take turns."""

    def __init__(
        self, study_id: int, ours: Study | None, connected: tuple[Database, OptunaStorage, Composer], *, editable: bool
    ) -> None:
        """
        Args:
            ours: the study as our workers know it; None if another program has made it.
            connected: the database, the same as Optuna knows it, and who composes what is shown besides the trials.
            editable: whether people can write notes here.
        """
        self._database, self._storage, self._composer = connected
        self._ours = ours
        self._editable = editable
        self._lock = threading.Lock()
        self._serializer = TrialSerializer(study_id)
        self._kept = KeptTrials()
        self._notes: dict[int, Note] = {}
        self._columns = columns_of([])
        self._best: list[int] = []
        self._finished: dict[str, int] = {}
        self._shown: tuple[object, Mapping[str, str]] | None = None
        self._head = self._tail = self._plots = Piece(b"")
        self._started = secrets.token_hex(4)
        self._edition = 0

    def answer(self, study: FrozenStudy, after: int, environ: Environ) -> Answer:
        """The study with its trials from the `after`-th on."""
        with self._lock:
            self._refresh(study)
            mark = f'"{self._started}-{self._edition}-{after}"'
            headers = {"ETag": mark, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
            if mark in environ.get("HTTP_IF_NONE_MATCH", ""):
                return Answer(HTTPStatus.NOT_MODIFIED, headers=headers)
            pieces = [self._head, *self._kept.from_row(after), self._tail, self._plots]
        headers["Content-Type"] = "application/json"
        if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            return Answer(HTTPStatus.OK, gzipped(pieces), {**headers, "Content-Encoding": "gzip"})
        return Answer(HTTPStatus.OK, joined(pieces), headers)

    def _refresh(self, study: FrozenStudy) -> None:
        """See what has changed since the last answer; if anything has, it is a new edition."""
        before = (self._head, self._tail, self._plots)
        with _without_collection():
            trials = self._storage.get_all_trials(study._study_id, deepcopy=False)
            differs = self._kept.update(trials, self._write, self._renew_notes(study))
        if differs:
            self._columns = columns_of(trials)
            self._best = best_rows(trials, study.directions)
            self._finished = Counter(trial.state.name for trial in trials if trial.state.is_finished())
        composed = self._composer.look(self._ours, self._finished) if self._ours else None
        self._renew_pieces(study, composed)
        if differs or before != (self._head, self._tail, self._plots):
            self._edition += 1

    def _renew_notes(self, study: FrozenStudy) -> frozenset[int]:
        """Read people's notes on trials; the ids of those with another note than before."""
        ids = [int(found[1]) for found in map(_TRIAL_NOTE.fullmatch, study.system_attrs) if found]
        notes = {i: dict(get_note_from_system_attrs(study.system_attrs, i)) for i in ids}
        stale = frozenset(i for i in notes.keys() | self._notes.keys() if notes.get(i) != self._notes.get(i))
        self._notes = notes
        return stale

    def _write(self, trials: Sequence[FrozenTrial]) -> list[bytes]:
        ids = [trial._trial_id for trial in trials]
        owners = read_owners(self._database, ids) if self._ours else {}
        return [
            self._serializer.write(trial, self._note(trial, owners), self._artifacts(trial, owners)) for trial in trials
        ]

    def _note(self, trial: FrozenTrial, owners: Mapping[int, Owner]) -> Note:
        own = self._notes.get(trial._trial_id, {"version": 0, "body": ""})
        owner = owners.get(trial._trial_id)
        if owner is None or self._ours is None:
            return own
        return own | {"body": beneath(own["body"], trial_note(trial, self._ours, owner), editable=self._editable)}

    def _artifacts(self, trial: FrozenTrial, owners: Mapping[int, Owner]) -> list[dict[str, Any]]:
        return list_artifacts() if trial._trial_id in owners and trial.state.is_finished() else []

    def _renew_pieces(self, study: FrozenStudy, composed: Composed | None) -> None:
        columns = self._columns
        told = serialize_study_detail(
            study, [], [], columns.intersection, columns.union, columns.attrs, columns.has_intermediate_values, {}, []
        )
        for key in ("trials", "best_trials", "plotly_graph_objects"):
            del told[key]
        told["artifacts"] = []
        summary = composed.summary if composed else ""
        told["note"]["body"] = beneath(told["note"]["body"], summary, editable=self._editable)
        best = self._kept.written(self._best)
        self._head = _renewed(self._head, json.dumps(told)[:-1].encode() + b', "trials": [')
        self._tail = _renewed(self._tail, b'], "best_trials": [' + best + b"]")
        self._renew_plots(get_plotly_graph_objects(study.system_attrs), composed)

    def _renew_plots(self, theirs: Mapping[str, str], composed: Composed | None) -> None:
        """Those of other programs, which Optuna keeps with the study, and ours."""
        if self._shown == (composed, theirs):
            return  # what takes long to write is written once
        self._shown = (composed, theirs)
        plots = {**theirs, **(composed.figures if composed else {})}
        told = json.dumps([{"id": name, "graph_object": plot} for name, plot in plots.items()])
        self._plots = _renewed(self._plots, f', "plotly_graph_objects": {told}}}'.encode())


def read_study(storage: OptunaStorage, study_id: int) -> FrozenStudy:
    """The study without its trials.

    Raises:
        KeyError: there is none.
    """
    return FrozenStudy(
        study_name=storage.get_study_name_from_id(study_id),
        direction=None,
        directions=storage.get_study_directions(study_id),
        user_attrs=storage.get_study_user_attrs(study_id),
        system_attrs=storage.get_study_system_attrs(study_id),
        study_id=study_id,
    )


@contextmanager
def _without_collection() -> Iterator[None]:
    """Python's collector would look again and again at ten thousand trials, of which none is garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _renewed(piece: Piece, raw: bytes) -> Piece:
    """The same piece if it says the same."""
    return piece if piece.raw == raw else Piece(raw)
