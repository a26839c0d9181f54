"""A study as one file: Optuna's rows and ours, so that it moves between servers.

The file is gzipped text, one JSON value per line: a header, then the rows, table by table, each as [table, row]. Ids
are those of the old server; the new one gives out its own, in the same order.
"""

import gzip
import json
import re
import uuid
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from itertools import groupby
from pathlib import Path
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import Column, Integer, Table, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from storage import schema
from storage.database import Database
from storage.errors import StudyError
from storage.studies import Study, find_study

_FORMAT = "ecgscale study"
_VERSION = 1
_ROWS_AT_ONCE = 1000
_STREAMED = {"yield_per": _ROWS_AT_ONCE}


def export_study(database: Database, study: Study, path: Path) -> Counter[str]:
    """Write the study as it is in one moment; how many rows of each table.

    Raises:
        OSError: the file cannot be written; what was there before still is.
    """
    written: Counter[str] = Counter()
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")

    def write(session: Session) -> None:
        written.clear()
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        with gzip.open(temporary, "wt", encoding="utf-8") as file:
            file.write(json.dumps({"format": _FORMAT, "version": _VERSION, "tables": schema.VERSION}) + "\n")
            for table in _tables():
                for row in session.execute(_rows_of(table, study.id), execution_options=_STREAMED).mappings():
                    file.write(json.dumps([table.name, _plain(row)]) + "\n")
                    written[table.name] += 1

    try:
        database.run(write)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return written


def import_study(database: Database, path: Path) -> Study:
    """Read a study from its file; whole, or not at all.

    Trials that were running wait for new workers.

    Raises:
        StudyError: the file is none of ours, or damaged, or the server has such a study already.
    """
    try:
        name = database.run(lambda session: _insert(session, path))
    except FileNotFoundError as error:
        raise StudyError(f"there is no file {path}") from error
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise _damaged(path, "it is no whole gzip file") from error
    except (ValueError, TypeError, KeyError, DataError) as error:
        raise _damaged(path, "a row cannot be read") from error
    except IntegrityError as error:
        if not _is_here_already(error):
            raise _damaged(path, "a row contradicts another") from error
        raise StudyError(
            f"the study of {path} is on this server already, under its name or another; delete that one in the "
            "dashboard first, or import into another database"
        ) from error
    return find_study(database, name)


def _insert(session: Session, path: Path) -> str:
    tables = {table.name: table for table in _tables()}
    ids: dict[str, dict[int, int]] = {"study_id": {}, "trial_id": {}}
    name = ""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        _check_header(path, file.readline())
        for table_name, rows in groupby(map(json.loads, file), key=lambda row: row[0]):
            table = tables[table_name]
            for chunk in _chunks(row for _, row in rows):
                _insert_rows(session, table, chunk, ids)
                name = chunk[0]["study_name"] if table_name == "studies" else name
                if table_name == "study_settings":
                    _check_key(path, chunk[0]["key"])
    if not name:
        raise _damaged(path, "it holds no study")
    session.execute(_LET_WAIT, {"study": next(iter(ids["study_id"].values()))})
    return name


def _insert_rows(session: Session, table: Table, rows: list[dict[str, Any]], ids: dict[str, dict[int, int]]) -> None:
    """Insert rows with the new server's ids; remember those of a study and its trials."""
    own = _own_id(table)
    values = [
        {
            column.name: ids[column.name][row[column.name]]
            if column.name in ids and column.name != own
            else _typed(column, row[column.name])
            for column in table.c
            if column.name != own
        }
        for row in rows
    ]
    if own not in ids:
        session.execute(table.insert(), values)
        return
    made = session.scalars(table.insert().returning(table.c[own], sort_by_parameter_order=True), values)
    ids[own].update(zip([row[own] for row in rows], made, strict=True))


def _tables() -> list[Table]:
    """Every table with rows of a study, referred-to ones first. Heartbeats of Optuna's own are not used."""
    from optuna.storages._rdb import models

    theirs: list[Any] = [
        models.StudyModel,
        models.StudyDirectionModel,
        models.StudyUserAttributeModel,
        models.StudySystemAttributeModel,
        models.TrialModel,
        models.TrialParamModel,
        models.TrialValueModel,
        models.TrialIntermediateValueModel,
        models.TrialUserAttributeModel,
        models.TrialSystemAttributeModel,
    ]
    ours = [schema.study_settings, schema.drafts, schema.leases, schema.attempts, schema.epochs, schema.label_scores]
    return [*(model.__table__ for model in theirs), *ours]


def _rows_of(table: Table, study_id: int) -> Any:
    from optuna.storages._rdb.models import TrialModel

    order = list(table.primary_key.columns)
    if "study_id" in table.c:
        return select(table).where(table.c.study_id == study_id).order_by(*order)
    trials = select(TrialModel.trial_id).where(TrialModel.study_id == study_id)
    return select(table).where(table.c.trial_id.in_(trials)).order_by(*order)


def _own_id(table: Table) -> str | None:
    """The column that the server numbers, if the table has one."""
    (first, *more) = table.primary_key.columns
    return first.name if not more and not first.foreign_keys and isinstance(first.type, Integer) else None


def _plain(row: Any) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        return value.name if isinstance(value, Enum) and not isinstance(value, str) else value

    return {name: plain(value) for name, value in row.items()}


def _typed(column: Column[Any], value: Any) -> Any:
    kind = column.type.python_type
    return datetime.fromisoformat(value) if kind is datetime and value is not None else value


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    from itertools import islice

    while chunk := list(islice(rows, _ROWS_AT_ONCE)):
        yield chunk


def _is_here_already(error: IntegrityError) -> bool:
    return isinstance(error.orig, UniqueViolation) and error.orig.diag.table_name in ("studies", "study_settings")


def _check_key(path: Path, key: object) -> None:
    """A key names folders."""
    if not isinstance(key, str) or not re.fullmatch("[0-9a-f]{32}", key):
        raise _damaged(path, "a row cannot be read")


def _check_header(path: Path, line: str) -> None:
    header = json.loads(line)
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise _damaged(path, "it is no export of ecgscale's")
    if (header.get("version"), header.get("tables")) != (_VERSION, schema.VERSION):
        raise StudyError(
            f"{path} was exported by an ecgscale with tables of version {header.get('tables')}, this one has "
            f"{schema.VERSION}; use the same ecgscale on both sides"
        )


def _damaged(path: Path, why: str) -> StudyError:
    return StudyError(
        f"{path} is not a study that can be imported: {why}; export it again with `ecgscale study export`"
    )


_LET_WAIT = text("""
WITH left_behind AS (
  UPDATE trials SET state = 'WAITING' WHERE study_id = :study AND state = 'RUNNING' RETURNING trial_id
), attempt AS (
  UPDATE ecgscale.attempts SET ended_at = now(), cause = 'preempted' WHERE ended_at IS NULL
     AND trial_id IN (SELECT trial_id FROM left_behind)
)
UPDATE ecgscale.leases SET expires_at = NULL WHERE trial_id IN (SELECT trial_id FROM left_behind)
""")
