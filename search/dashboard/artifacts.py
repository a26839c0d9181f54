"""A trial's files as the dashboard shows them; made when they are asked for, stored nowhere."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from http import HTTPStatus
from typing import Any

from optuna.trial import FrozenTrial

from search.config import StudyConfig
from search.dashboard.answer import Answer
from search.dashboard.curve_picture import draw_curve
from search.description import describe_architecture
from search.draft import make_draft
from storage.curves import Epoch, read_epochs
from storage.database import Database
from storage.studies import Study

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


class TrialArtifacts:
    """Answers with the files of one study's trials."""

    def __init__(self, database: Database, study: Study) -> None:
        self._database = database
        self._study = study

    def answer(self, trial: FrozenTrial, name: str) -> Answer | None:
        """The file, or None where the trial has none of that name.

        Raises:
            ConfigError, ImpossibleNetwork: the trial's architecture is not known here.
        """
        if name not in _MEDIA:
            return None
        if name == "architecture.json":
            body = json.dumps(self._architecture(trial), indent=1).encode()
        else:
            draw = draw_curve if name == "curve.svg" else _table
            body = draw(read_epochs(self._database, trial._trial_id)).encode()
        headers = {
            "Content-Type": _MEDIA[name],
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "private, no-cache",
        }
        return Answer(HTTPStatus.OK, body, headers)

    def _architecture(self, trial: FrozenTrial) -> dict[str, Any]:
        """As `ecgscale describe` has it."""
        config = StudyConfig.load(self._study.config)
        draft = make_draft(config, trial.params)
        return describe_architecture(draft.family, draft.numbers, config.shape, batch_size=config.training.batch_size)


def list_artifacts() -> list[dict[str, Any]]:
    """Those of every trial that one of our workers has finished."""
    return [
        {"artifact_id": name, "filename": name, "mimetype": media.partition(";")[0], "encoding": None}
        for name, media in _MEDIA.items()
    ]


def _table(epochs: Sequence[Epoch]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, [field.name for field in fields(Epoch)])
    writer.writeheader()
    writer.writerows(asdict(epoch) for epoch in epochs)
    return file.getvalue()


_MEDIA = {
    "curve.svg": "image/svg+xml; charset=utf-8",
    "curve.csv": "text/csv; charset=utf-8",
    "architecture.json": "application/json",
}
