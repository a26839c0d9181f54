"""How far a study is: its trials, who works on it, how fast, and what was spent in vain."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from storage.database import transactional
from storage.drafts import dropped_drafts
from storage.errors import StudyError
from storage.studies import Study

_LAST_REASONS = 5


@dataclass(frozen=True)
class Running:
    """A trial under way.

    Attributes:
        worker, trial, attempt: who trains which trial's how many-eth attempt.
        epoch: its last epoch that is safe; None before the first.
        score, epoch_seconds: that epoch's balanced accuracy, and how long it took; None before the first.
        renewed_ago: seconds since its worker was last heard of.
    """

    worker: str
    trial: int
    attempt: int
    epoch: int | None
    score: float | None
    epoch_seconds: float | None
    renewed_ago: float


@dataclass(frozen=True)
class StoppedTrial:
    """A trial that was stopped early and does not go on.

    Attributes:
        epoch: its last one.
        reason: why.
    """

    trial: int
    epoch: int
    reason: str


@dataclass(frozen=True)
class Failure:
    """A trial that failed for good."""

    trial: int
    cause: str
    reason: str


@dataclass(frozen=True)
class Sampled:
    """What one sampler brought: trials, and how many of them were drawn uniformly because it had nothing new."""

    trials: int
    fallbacks: int


@dataclass(frozen=True)
class Progress:
    """A study at one moment.

    Attributes:
        trials: N, how many are to be complete or stopped at the end; it grows by each stopped one that goes on.
        counted: complete and stopped trials of our workers, which count towards N.
        states: trials by Optuna's state name, lower case ("pruned" are those stopped early), and how many are excluded.
        running: trials under way whose leases are not over, by worker.
        finished_by: complete and stopped trials by worker.
        per_hour: trials that finished in the last hour, or at that rate where the study is younger.
        drafts: dropped drafts by reason.
        samplers: who proposed the trials.
        wasted: seconds of workers that led to no result, by cause.
        stopped: the newest few of those that were stopped early, by number.
        failures: the newest few of those that failed for good, by number.
        best: the best first objective so far.
        paused: whether workers take no trials.
        ended: why it ends before N, if it does.
    """

    trials: int
    counted: int
    states: dict[str, int]
    running: list[Running]
    finished_by: dict[str, int]
    per_hour: float
    drafts: dict[str, int]
    samplers: dict[str, Sampled]
    wasted: dict[str, float]
    stopped: list[StoppedTrial]
    failures: list[Failure]
    best: float | None
    paused: bool
    ended: str | None


@transactional
def progress(session: Session, study: Study) -> Progress:
    """What the database says of a study; `leases.reap` before it makes dead workers' trials wait."""
    named = {"study": study.id}

    def rows(statement: Any) -> list[Any]:
        return list(session.execute(statement, named).all())

    settings = session.execute(_SETTINGS, named).one_or_none()
    if settings is None:
        raise StudyError(f"the study {study.name!r} was deleted")
    return Progress(
        trials=settings.trials,
        counted=settings.counted,
        states={row.state: row.trials for row in rows(_STATES)},
        running=[Running(*row) for row in rows(_RUNNING)],
        finished_by={row.worker: row.trials for row in rows(_FINISHED_BY)},
        per_hour=settings.per_hour,
        drafts=dropped_drafts(session, study.id),
        samplers={row.sampler: Sampled(row.trials, row.fallbacks) for row in rows(_SAMPLERS)},
        wasted={row.cause: row.seconds for row in rows(_WASTED)},
        stopped=[StoppedTrial(row.number, row.epoch, row.reason) for row in reversed(rows(_STOPPED))],
        failures=[Failure(row.number, row.cause, row.reason) for row in reversed(rows(_FAILURES))],
        best=settings.best,
        paused=settings.paused,
        ended=settings.ended,
    )


_SETTINGS = text("""
SELECT s.trials, s.paused, s.ended,
       (SELECT count(*) FROM ecgscale.leases l WHERE l.study_id = s.study_id AND l.slot = 'counted') AS counted,
       (SELECT max(v.value) FROM trial_values v JOIN trials t USING (trial_id)
         WHERE t.study_id = s.study_id AND t.state = 'COMPLETE' AND v.objective = 0) AS best,
       CAST((SELECT count(*) FILTER (WHERE a.cause = 'finished' AND a.ended_at > now() - interval '1 hour')
                    * 3600.0 / least(3600, greatest(1, extract(epoch FROM now() - min(a.started_at))))
               FROM ecgscale.attempts a JOIN trials t USING (trial_id) WHERE t.study_id = s.study_id)
            AS float8) AS per_hour
  FROM ecgscale.study_settings s WHERE s.study_id = :study
""")

_STATES = text("""
SELECT CASE WHEN l.excluded IS NULL THEN lower(CAST(t.state AS text)) ELSE 'excluded' END AS state, count(*) AS trials
  FROM trials t LEFT JOIN ecgscale.leases l USING (trial_id) WHERE t.study_id = :study GROUP BY 1 ORDER BY 1
""")

_RUNNING = text("""
SELECT l.worker, t.number, l.token, a.last_epoch, e.balanced_accuracy, e.seconds,
       greatest(0, CAST(extract(epoch FROM now() - l.expires_at) + s.lease AS float8)) AS renewed_ago
  FROM ecgscale.leases l JOIN trials t USING (trial_id) JOIN ecgscale.attempts a USING (trial_id, token)
       JOIN ecgscale.study_settings s ON s.study_id = l.study_id
       LEFT JOIN ecgscale.epochs e ON e.trial_id = l.trial_id AND e.epoch = a.last_epoch
 WHERE l.study_id = :study AND t.state = 'RUNNING' ORDER BY t.number
""")

_FINISHED_BY = text("""
SELECT l.worker, count(*) AS trials FROM ecgscale.leases l
 WHERE l.study_id = :study AND l.slot = 'counted' GROUP BY l.worker ORDER BY l.worker
""")

_SAMPLERS = text("""
SELECT CAST(s.value_json AS jsonb) #>> '{}' AS sampler, count(*) AS trials, count(f.trial_id) AS fallbacks
  FROM trials t JOIN trial_user_attributes s ON s.trial_id = t.trial_id AND s.key = 'sampler'
       LEFT JOIN trial_user_attributes f ON f.trial_id = t.trial_id AND f.key = 'fallback'
 WHERE t.study_id = :study
   AND NOT EXISTS (SELECT 1 FROM trial_user_attributes c WHERE c.trial_id = t.trial_id AND c.key = 'continues')
 GROUP BY 1 ORDER BY 1
""")

_STOPPED = text(f"""
SELECT t.number, CAST(e.value_json AS integer) AS epoch, CAST(r.value_json AS jsonb) #>> '{{}}' AS reason
  FROM trials t JOIN trial_user_attributes e ON e.trial_id = t.trial_id AND e.key = 'stopped_epoch'
       JOIN trial_user_attributes r ON r.trial_id = t.trial_id AND r.key = 'stopped_reason'
 WHERE t.study_id = :study AND t.state = 'PRUNED'
   AND NOT EXISTS (SELECT 1 FROM trials n JOIN trial_user_attributes c USING (trial_id)
                    WHERE n.study_id = :study AND n.state <> 'FAIL' AND c.key = 'continues'
                      AND CAST(c.value_json AS integer) = t.number)
 ORDER BY t.number DESC LIMIT {_LAST_REASONS}
""")

# What was saved before an attempt ended was gone on from, unless the trial failed in the end.
_WASTED = text("""
SELECT CASE WHEN l.excluded IS NULL THEN a.cause ELSE 'excluded' END AS cause,
       CAST(sum(greatest(0, extract(epoch FROM a.ended_at
            - CASE l.slot WHEN 'returned' THEN a.started_at ELSE coalesce(a.saved_at, a.started_at) END))) AS float8)
       AS seconds
  FROM ecgscale.attempts a JOIN ecgscale.leases l USING (trial_id)
 WHERE l.study_id = :study AND a.ended_at IS NOT NULL AND (a.cause <> 'finished' OR l.slot = 'returned')
 GROUP BY 1 ORDER BY 1
""")

_FAILURES = text(f"""
SELECT t.number, CAST(c.value_json AS jsonb) #>> '{{}}' AS cause, CAST(r.value_json AS jsonb) #>> '{{}}' AS reason
  FROM trials t JOIN trial_user_attributes c ON c.trial_id = t.trial_id AND c.key = 'fail_cause'
       JOIN trial_user_attributes r ON r.trial_id = t.trial_id AND r.key = 'fail_reason'
 WHERE t.study_id = :study AND t.state = 'FAIL' ORDER BY t.number DESC LIMIT {_LAST_REASONS}
""")
