"""A study as one file: Optuna's rows and ours, so that it moves between servers.

The file is gzipped text, one JSON value per line: a header, then the rows, table by table, each as [table, row], and
at the end how many rows of each table there are. Ids are those of the old server; the new one gives out its own, in
the same order.
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
from storage.database import Database, see_one_moment
from storage.errors import StudyError, TransferFailed
from storage.studies import Study, find_study

_FORMAT = "ecgscale study"
_VERSION = 1
_END = "end"
_UNIQUE = ("studies", "study_settings")
_ROWS_AT_ONCE = 1000
_STREAMED = {"yield_per": _ROWS_AT_ONCE}


def export_study(database: Database, study: Study, path: Path) -> Counter[str]:
    """Write the study as it is in one moment; how many rows of each table.

    Raises:
        StudyError: there is no such folder.
        TransferFailed: the file cannot be written; what was there before still is.
    """
    written: Counter[str] = Counter()
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")

    def write(session: Session) -> None:
        written.clear()
        see_one_moment(session)
        with gzip.open(temporary, "wt", encoding="utf-8") as file:
            file.write(json.dumps({"format": _FORMAT, "version": _VERSION, "tables": schema.VERSION}) + "\n")
            for table in _tables():
                for row in session.execute(_rows_of(table, study.id), execution_options=_STREAMED).mappings():
                    file.write(json.dumps([table.name, _plain(row)]) + "\n")
                    written[table.name] += 1
            file.write(json.dumps([_END, written]) + "\n")

    if path.is_dir() or not path.parent.is_dir():
        raise StudyError(
            f"cannot write {path}: {'it is a folder' if path.is_dir() else f'there is no folder {path.parent}'}"
        )
    try:
        database.run(write)
        temporary.replace(path)
    except OSError as error:
        raise TransferFailed(
            f"cannot write {path}: {error.strerror}; free some space or choose another --out"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)
    return written


def import_study(database: Database, path: Path, name: str | None = None) -> Study:
    """Read a study from its file; whole, or not at all.

    Trials that were running wait for new workers.

    Args:
        name: another than it had.

    Raises:
        StudyError: the file is none of ours, or damaged, or the server has such a study already.
    """
    try:
        made = database.run(lambda session: _insert(session, path, name))
    except (FileNotFoundError, IsADirectoryError) as error:
        raise StudyError(f"there is no file {path}") from error
    except (gzip.BadGzipFile, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise _damaged(path, "it is no whole gzip file") from error
    except (ValueError, TypeError, KeyError, DataError) as error:
        raise _damaged(path, "a row cannot be read") from error
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation) or error.orig.diag.table_name not in _UNIQUE:
            raise _damaged(path, "a row contradicts another") from error
        raise StudyError(
            f"a study of that name is on this server already; import {path} under another with --name"
            if error.orig.diag.table_name == "studies"
            else f"the study of {path} is on this server already; delete it in the dashboard first, or import into "
            "another database"
        ) from error
    return find_study(database, made)


def _insert(session: Session, path: Path, name: str | None) -> str:
    tables = {table.name: table for table in _tables()}
    ids: dict[str, dict[int, int]] = {"study_id": {}, "trial_id": {}}
    read: Counter[str] = Counter()
    promised: Any = None
    made = ""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        _check_header(path, file.readline())
        for table_name, rows in groupby(map(json.loads, file), key=lambda row: row[0]):
            if table_name == _END:
                ((_, promised),) = rows
                continue
            for chunk in _chunks(row for _, row in rows):
                if table_name == "studies":
                    made = chunk[0]["study_name"] = name or chunk[0]["study_name"]
                if table_name == "study_settings":
                    _check_key(path, chunk[0]["key"])
                _insert_rows(session, tables[table_name], chunk, ids)
                read[table_name] += len(chunk)
    if promised != read or read["studies"] != 1:
        raise _damaged(path, "it ends too early")
    session.execute(_LET_WAIT, {"study": next(iter(ids["study_id"].values()))})
    return made


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
    ours = [
        schema.study_settings,
        schema.drafts,
        schema.regions,
        schema.leases,
        schema.attempts,
        schema.epochs,
        schema.label_scores,
    ]
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


def _check_key(path: Path, key: object) -> None:
    """A key names folders."""
    if not isinstance(key, str) or not re.fullmatch("[0-9a-f]{32}", key):
        raise _damaged(path, "a row cannot be read")


def _check_header(path: Path, line: str) -> None:
    try:
        header = json.loads(line)
    except ValueError:
        header = None
    if not isinstance(header, dict) or header.get("format") != _FORMAT:
        raise _damaged(path, "it is no export of ecgscale's")
    found, ours = (header.get("version"), header.get("tables")), (_VERSION, schema.VERSION)
    if found[0] != _VERSION or found[1] not in range(schema.OLDEST, schema.VERSION + 1):
        raise StudyError(
            f"{path} is of version {found[0]} with tables of version {found[1]}, this ecgscale reads {ours[0]} with "
            f"{ours[1]}; use the same ecgscale on both sides"
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
