"""Our own tables, in the schema `ecgscale` beside Optuna's, and their version.

Optuna's tables stay untouched; our rows refer to its studies and trials and go when those go. No table here bears the
name of one of Optuna's: for a database user called `ecgscale`, Postgres looks into this schema first.
"""

from enum import StrEnum

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

SCHEMA = "ecgscale"
VERSION = 3
OLDEST = 2  # lacks the regions, and nothing else: what is only added needs no other program

metadata = MetaData(schema=SCHEMA)


class Slot(StrEnum):
    """What a trial does with one of the study's N places."""

    RESERVED = "reserved"  # it is running, or waits for a worker
    COUNTED = "counted"  # it is complete, or was stopped early
    RETURNED = "returned"  # it failed for good, or is excluded


def _study_id(*, primary_key: bool = False, index: bool = False) -> Column[int]:
    key = ForeignKey("public.studies.study_id", ondelete="CASCADE")
    return Column("study_id", Integer, key, primary_key=primary_key, index=index, nullable=False)


def _trial_id() -> Column[int]:
    key = ForeignKey("public.trials.trial_id", ondelete="CASCADE")
    return Column("trial_id", Integer, key, primary_key=True)


# ForeignKey needs to know the referred columns; Optuna creates the tables themselves.
Table("studies", metadata, Column("study_id", Integer, primary_key=True), schema="public")
Table("trials", metadata, Column("trial_id", Integer, primary_key=True), schema="public")

version = Table("version", metadata, Column("version", Integer, primary_key=True))

study_settings = Table(
    "study_settings",
    metadata,
    _study_id(primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # names the study's folders, whatever the server
    Column("trials", Integer, nullable=False),  # N: complete and stopped trials at the end
    Column("config", JSONB, nullable=False),
    Column("lease", Float, nullable=False),  # seconds that a worker may be silent before it counts as dead
    Column("artifacts", Text),  # where checkpoints and networks lie; none: on the machine that trains
    Column("drawn", Integer, nullable=False, server_default="0"),  # draws handed out so far
    Column("paused", Boolean, nullable=False, server_default="false"),
    Column("ended", Text),  # why the study ends before N
)

leases = Table(
    "leases",
    metadata,
    _trial_id(),
    _study_id(index=True),
    Column("worker", Text, nullable=False),
    Column("token", Integer, nullable=False),  # counts owners; a write with an older one is refused
    Column("expires_at", DateTime(timezone=True)),  # none: nobody owns the trial
    Column("failures", Integer, nullable=False, server_default="0"),  # attempts that ended badly
    Column("slot", Text, nullable=False, server_default=Slot.RESERVED),
    Column("signature", Text),  # architecture, training parameters and seed; none: may be tried once more
    Column("excluded", Text),  # why the finished trial is left out of everything
    UniqueConstraint("study_id", "signature"),
)

attempts = Table(
    "attempts",
    metadata,
    _trial_id(),
    Column("token", Integer, primary_key=True),
    Column("worker", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("saved_at", DateTime(timezone=True)),  # when its last checkpoint was known to be safe
    Column("first_epoch", Integer),
    Column("last_epoch", Integer),
    Column("ended_at", DateTime(timezone=True)),  # none: under way
    Column("cause", Text),
    Column("reason", Text),
    Column("kept", Text),  # JSON: what an owner brought after another had taken over
)

drafts = Table(
    "drafts",
    metadata,
    _study_id(primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("count", Integer, nullable=False),
)

regions = Table(
    "regions",
    metadata,
    _study_id(primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # from 1 on, without a gap
    Column("review", JSONB, nullable=False),  # what was decided, with its evidence, and the region from then on
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)

epochs = Table(
    "epochs",
    metadata,
    _trial_id(),
    Column("epoch", Integer, primary_key=True),
    Column("loss", Float, nullable=False),
    Column("balanced_accuracy", Float, nullable=False),
    Column("macro_auroc", Float, nullable=False),
    Column("seconds", Float, nullable=False),
)

label_scores = Table(
    "label_scores",
    metadata,
    _trial_id(),
    Column("label", Text, primary_key=True),
    Column("n_positive", Integer, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("sensitivity", Float),
    Column("specificity", Float),
    Column("balanced_accuracy", Float),
    Column("auroc", Float),
    Column("auprc", Float),
    Column("f1", Float),
)
