"""The learning curves of a study's trials, by one query."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import transactional
from storage.studies import Study


@dataclass(frozen=True)
class Curve:
    """How one trial learned.

    Attributes:
        number: Optuna's.
        flops: of one forward pass on one record.
        scores: balanced accuracy by epoch, as far as it is written; epochs count from 1.
        complete: whether it was trained to its end.
        sampler: what drew it, where that was recorded.
        continues: the stopped trial with which it goes on.
    """

    number: int
    flops: float
    scores: Mapping[int, float]
    complete: bool = False
    sampler: str | None = None
    continues: int | None = None


@transactional
def read_curves(session: Session, study: Study) -> list[Curve]:
    """Of trials that run, wait, are complete or were stopped, by number; those that failed or are excluded left out.

    Of a trial that goes on as another the other alone is there.
    """
    curves = [
        Curve(
            number=row.number,
            flops=row.flops,
            scores=dict(zip(row.epochs or (), row.scores or (), strict=True)),
            complete=row.state == "COMPLETE",
            sampler=row.sampler,
            continues=row.continues,
        )
        for row in session.execute(_CURVES, {"study": study.id})
    ]
    gone_on = {curve.continues for curve in curves}
    return [curve for curve in curves if curve.number not in gone_on]


@dataclass(frozen=True)
class Epoch:
    """One epoch of a training; scores are those of the fold that gives the objectives."""

    epoch: int
    loss: float
    balanced_accuracy: float
    macro_auroc: float
    seconds: float


@transactional
def read_epochs(session: Session, trial_id: int) -> list[Epoch]:
    """Those of one trial that are written, in their order."""
    return [Epoch(*row) for row in session.execute(_EPOCHS, {"trial": trial_id})]


_EPOCHS = text("""
SELECT epoch, loss, balanced_accuracy, macro_auroc, seconds FROM ecgscale.epochs WHERE trial_id = :trial ORDER BY epoch
""")

_CURVES = text("""
SELECT t.number, CAST(t.state AS text) AS state, c.epochs, c.scores, CAST(a.flops AS float8) AS flops,
       CAST(a.sampler AS jsonb) #>> '{}' AS sampler, CAST(a.continues AS integer) AS continues
  FROM trials t
  CROSS JOIN LATERAL (
    SELECT max(value_json) FILTER (WHERE key = 'flops') AS flops,
           max(value_json) FILTER (WHERE key = 'sampler') AS sampler,
           max(value_json) FILTER (WHERE key = 'continues') AS continues
      FROM trial_user_attributes WHERE trial_id = t.trial_id) a
  LEFT JOIN LATERAL (
    SELECT array_agg(epoch ORDER BY epoch) AS epochs, array_agg(balanced_accuracy ORDER BY epoch) AS scores
      FROM ecgscale.epochs WHERE trial_id = t.trial_id) c ON true
 WHERE t.study_id = :study AND t.state <> 'FAIL' AND a.flops IS NOT NULL
 ORDER BY t.number
""")
