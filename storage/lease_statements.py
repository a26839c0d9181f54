"""The statements of a trial's life, on Optuna's tables and ours; `storage.leases` says when each is used."""

from sqlalchemy import TextClause, text

# The embedded server, reached by a socket, stops with the last command: its start gives nobody time.
_END = """CASE WHEN inet_server_addr() IS NULL THEN l.expires_at
               ELSE greatest(l.expires_at, pg_postmaster_start_time() + make_interval(secs => :lease)) END"""
_OVER = f"{_END} <= now()"

# A trial waits where its slot is reserved and either nobody owns it or its owner's lease is over.
SITUATION = text(f"""
SELECT s.trials, s.ended, s.paused,
       count(*) FILTER (WHERE t.state NOT IN ('RUNNING', 'WAITING')) AS odd,
       count(*) FILTER (WHERE l.slot = 'reserved') AS reserved,
       count(*) FILTER (WHERE l.slot = 'counted') AS counted,
       count(*) FILTER (WHERE l.slot = 'reserved' AND (l.expires_at IS NULL OR {_OVER})) AS free,
       max(l.trial_id) FILTER (WHERE l.slot = 'reserved' AND l.worker = :worker AND t.state = 'RUNNING'
                                 AND NOT {_OVER}) AS mine
  FROM ecgscale.study_settings s LEFT JOIN ecgscale.leases l USING (study_id)
       LEFT JOIN trials t ON t.trial_id = l.trial_id AND l.slot = 'reserved'
 WHERE s.study_id = :study GROUP BY s.study_id
""")

DRAW = text("UPDATE ecgscale.study_settings SET drawn = drawn + 1 WHERE study_id = :study RETURNING drawn")

# Optuna's row, as its own clients lock it before they give out a number; ours would hold up those that draw.
LOCK = text("""
SELECT 1 FROM studies p JOIN ecgscale.study_settings s USING (study_id)
 WHERE p.study_id = :study FOR NO KEY UPDATE OF p
""")

# One statement, because every round trip under the lock keeps all other workers waiting. Its snapshot is younger than
# the lock.
CLAIM = text("""
WITH room AS (
  SELECT (SELECT count(*) FROM trials WHERE study_id = :study) AS number,
         (SELECT trials FROM ecgscale.study_settings WHERE study_id = :study) AS wanted,
         (SELECT paused OR ended IS NOT NULL FROM ecgscale.study_settings WHERE study_id = :study) AS closed,
         count(*) FILTER (WHERE slot <> 'returned') AS taken,
         coalesce(bool_or(signature = :signature), false) AS repeated,
         max(trial_id) FILTER (WHERE signature = :signature AND worker = :worker AND slot = 'reserved') AS mine
    FROM ecgscale.leases WHERE study_id = :study
), trial AS (
  INSERT INTO trials (study_id, number, state, datetime_start)
  SELECT :study, number, 'RUNNING', now() AT TIME ZONE 'utc' FROM room
   WHERE taken < wanted AND NOT repeated AND NOT closed
  RETURNING trial_id
), params AS (
  INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
  SELECT trial_id, name, value, distribution FROM trial,
         unnest(CAST(:names AS text[]), CAST(:values AS float8[]), CAST(:distributions AS text[]))
         WITH ORDINALITY AS p(name, value, distribution, place) ORDER BY place
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM trial,
         unnest(CAST(:keys AS text[]), CAST(:contents AS text[])) WITH ORDINALITY AS a(key, content, place)
  ORDER BY place
), system_attrs AS (
  INSERT INTO trial_system_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM trial,
         unnest(CAST(:system_keys AS text[]), CAST(:system_contents AS text[])) AS a(key, content)
), attempt AS (
  INSERT INTO ecgscale.attempts (trial_id, token, worker) SELECT trial_id, 1, :worker FROM trial
), lease AS (
  INSERT INTO ecgscale.leases (trial_id, study_id, worker, token, expires_at, signature)
  SELECT trial_id, :study, :worker, 1, clock_timestamp() + make_interval(secs => :lease), :signature FROM trial
), drafts AS (
  INSERT INTO ecgscale.drafts AS d (study_id, reason, count)
  SELECT :study, reason, count FROM trial,
         unnest(CAST(:reasons AS text[]), CAST(:counts AS integer[])) AS n(reason, count)
  ON CONFLICT (study_id, reason) DO UPDATE SET count = d.count + excluded.count
)
SELECT room.*, trial.trial_id FROM room LEFT JOIN trial ON true
""")

READ_CLAIM = text("""
SELECT t.number, l.token, p.*, CAST(c.value_json AS integer) AS continues,
       (SELECT o.token FROM trials old JOIN ecgscale.leases o USING (trial_id)
         WHERE old.study_id = t.study_id AND old.number = CAST(c.value_json AS integer)) AS continues_token
  FROM trials t JOIN ecgscale.leases l USING (trial_id)
       LEFT JOIN trial_user_attributes c ON c.trial_id = t.trial_id AND c.key = 'continues',
       LATERAL (SELECT array_agg(param_name ORDER BY param_id) AS names,
                       array_agg(param_value ORDER BY param_id) AS values,
                       array_agg(distribution_json ORDER BY param_id) AS distributions
                  FROM trial_params WHERE trial_id = t.trial_id) p
 WHERE t.trial_id = :trial
""")

LOCK_LEASE = text("""
SELECT t.state FROM ecgscale.leases l JOIN trials t USING (trial_id)
 WHERE l.trial_id = :trial AND l.token = :token AND l.slot = 'reserved' AND l.expires_at IS NOT NULL
   AND t.state IN ('RUNNING', 'WAITING')
   FOR UPDATE
""")

RENEW = text("""
UPDATE ecgscale.leases SET expires_at = now() + make_interval(secs => :lease)
 WHERE trial_id = :trial AND token = :token
""")

REVIVE = text("""
WITH lease AS (
  UPDATE ecgscale.leases SET expires_at = now() + make_interval(secs => :lease), failures = failures - 1
   WHERE trial_id = :trial AND token = :token
), attempt AS (
  UPDATE ecgscale.attempts SET ended_at = NULL, cause = NULL WHERE trial_id = :trial AND token = :token
)
UPDATE trials SET state = 'RUNNING' WHERE trial_id = :trial
""")

NOTE_EPOCHS = text("""
UPDATE ecgscale.attempts
   SET saved_at = now(), first_epoch = coalesce(first_epoch, :first), last_epoch = greatest(last_epoch, :last)
 WHERE trial_id = :trial AND token = :token
""")


def _ending(*, slot: str, attempt: str, state: str, attrs: str) -> TextClause:
    """A statement by which an owner ends its part: lease, attempt, attributes and trial at once, or nothing at all."""
    return text(f"""
WITH held AS (
  UPDATE ecgscale.leases SET expires_at = NULL, {slot}
   WHERE trial_id = :trial AND token = :token AND slot = 'reserved' AND expires_at IS NOT NULL
     AND EXISTS (SELECT 1 FROM trials WHERE trial_id = :trial AND state IN ('RUNNING', 'WAITING'))
  RETURNING trial_id, slot
), attempt AS (
  UPDATE ecgscale.attempts a SET ended_at = now(), {attempt}
    FROM held WHERE a.trial_id = held.trial_id AND a.token = :token
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM held,
         unnest(CAST(:keys AS text[]), CAST(:contents AS text[])) WITH ORDINALITY AS a(key, content, place)
   WHERE {attrs} ORDER BY place
  ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json
){state}
RETURNING t.state
""")


FINISH = _ending(
    slot="slot = 'counted'",
    attempt="cause = 'finished'",
    attrs="true",
    state=""", results AS (
  INSERT INTO trial_values (trial_id, objective, value, value_type)
  SELECT trial_id, place - 1, value, CAST(kind AS trialvaluetype) FROM held,
         unnest(CAST(:values AS float8[]), CAST(:kinds AS text[])) WITH ORDINALITY AS v(value, kind, place)
)
UPDATE trials t SET state = 'COMPLETE', datetime_complete = now() AT TIME ZONE 'utc'
  FROM held WHERE t.trial_id = held.trial_id""",
)

STOP_EARLY = _ending(
    slot="slot = 'counted'",
    attempt="cause = 'finished'",
    attrs="true",
    state="""
UPDATE trials t SET state = 'PRUNED', datetime_complete = now() AT TIME ZONE 'utc'
  FROM held WHERE t.trial_id = held.trial_id""",
)

NOTE_SECONDS = text("""
INSERT INTO trial_user_attributes (trial_id, key, value_json)
SELECT :trial, 'train_seconds', CAST(round(CAST(sum(seconds) AS numeric), 3) AS text)
  FROM ecgscale.epochs WHERE trial_id = :trial HAVING count(*) > 0
ON CONFLICT (trial_id, key) DO UPDATE SET value_json = excluded.value_json
""")

GIVE_UP = _ending(
    slot="""failures = failures + :counts,
         slot = CASE WHEN failures + :counts >= CAST(:most AS integer) THEN 'returned' ELSE 'reserved' END""",
    attempt="cause = :cause, reason = :reason, saved_at = CASE WHEN :saved THEN now() ELSE saved_at END",
    attrs="held.slot = 'returned'",
    state="""
UPDATE trials t
   SET state = CASE held.slot WHEN 'returned' THEN CAST('FAIL' AS trialstate) ELSE 'WAITING' END,
       datetime_complete = CASE held.slot WHEN 'returned' THEN now() AT TIME ZONE 'utc' END
  FROM held WHERE t.trial_id = held.trial_id""",
)

ENDED = text("""
SELECT l.slot FROM ecgscale.attempts a JOIN ecgscale.leases l USING (trial_id)
 WHERE a.trial_id = :trial AND a.token = :token AND a.cause <> 'lost'
""")

# Somebody else has ended the trial, for instance in the dashboard.
SETTLE = text("""
UPDATE ecgscale.leases l
   SET expires_at = NULL, slot = CASE t.state WHEN 'FAIL' THEN 'returned' ELSE 'counted' END
  FROM trials t
 WHERE t.trial_id = l.trial_id AND l.study_id = :study AND l.slot = 'reserved'
   AND t.state NOT IN ('RUNNING', 'WAITING')
""")

FINAL_TOKENS = text("""
SELECT t.number, l.token FROM ecgscale.leases l JOIN trials t USING (trial_id)
 WHERE l.study_id = :study AND l.slot = 'counted'
""")

# Until it came back it was thought to have died when it was last heard of; what it did since was in vain too.
OVERTAKEN = text("""
UPDATE ecgscale.attempts SET kept = :kept, ended_at = CASE cause WHEN 'lost' THEN now() ELSE ended_at END
 WHERE trial_id = :trial AND token = :token
""")

# Only running trials: one that waits is not watched any more.
SOONEST = text(f"""
SELECT CAST(extract(epoch FROM min({_END}) - now()) AS float8)
  FROM ecgscale.leases l JOIN trials t USING (trial_id)
 WHERE l.study_id = :study AND l.slot = 'reserved' AND t.state = 'RUNNING' AND l.expires_at IS NOT NULL
""")

# An owner that is just renewing or finishing holds the row's lock and keeps its trial. Both rows are locked, so that
# a second reaper sees that the first was there.
REAP = text(f"""
WITH expired AS (
  SELECT l.trial_id, l.token, l.expires_at FROM ecgscale.leases l JOIN trials t USING (trial_id)
   WHERE l.study_id = :study AND l.slot = 'reserved' AND t.state = 'RUNNING' AND {_OVER}
     FOR UPDATE SKIP LOCKED
), lease AS (
  UPDATE ecgscale.leases l SET failures = failures + 1 FROM expired e WHERE l.trial_id = e.trial_id
), attempt AS (
  UPDATE ecgscale.attempts a SET cause = 'lost', ended_at = e.expires_at - make_interval(secs => :lease)
    FROM expired e WHERE a.trial_id = e.trial_id AND a.token = e.token
)
UPDATE trials t SET state = 'WAITING' FROM expired e WHERE t.trial_id = e.trial_id
""")

_ORPHANS = f"""
  SELECT l.trial_id FROM ecgscale.leases l JOIN trials t USING (trial_id)
   WHERE l.study_id = :study AND l.slot = 'reserved' AND t.state = 'WAITING' AND (l.expires_at IS NULL OR {_OVER})
"""

BURY = text(f"""
WITH worn AS ({_ORPHANS} AND l.failures >= :most FOR UPDATE SKIP LOCKED
), lease AS (
  UPDATE ecgscale.leases l SET expires_at = NULL, slot = 'returned' FROM worn WHERE l.trial_id = worn.trial_id
), attrs AS (
  INSERT INTO trial_user_attributes (trial_id, key, value_json)
  SELECT trial_id, key, content FROM worn, unnest(CAST(:keys AS text[]), CAST(:contents AS text[])) AS a(key, content)
)
UPDATE trials t SET state = 'FAIL', datetime_complete = now() AT TIME ZONE 'utc'
  FROM worn WHERE t.trial_id = worn.trial_id
""")

# One that has just failed on this machine is left alone for the length of a lease: another may fare better with it.
TAKE_OVER = text(f"""
WITH orphan AS ({_ORPHANS}
     AND NOT EXISTS (SELECT 1 FROM ecgscale.attempts a
                      WHERE a.trial_id = l.trial_id AND a.token = l.token AND starts_with(a.worker, :machine)
                        AND a.cause <> 'preempted' AND a.ended_at > now() - make_interval(secs => :lease))
   ORDER BY t.number LIMIT 1 FOR UPDATE OF l, t SKIP LOCKED
), owned AS (
  UPDATE ecgscale.leases l
     SET worker = :worker, token = token + 1, expires_at = now() + make_interval(secs => :lease)
    FROM orphan WHERE l.trial_id = orphan.trial_id RETURNING l.trial_id, l.token
), attempt AS (
  INSERT INTO ecgscale.attempts (trial_id, token, worker) SELECT trial_id, token, :worker FROM owned
)
UPDATE trials t SET state = 'RUNNING' FROM owned WHERE t.trial_id = owned.trial_id RETURNING t.trial_id
""")
