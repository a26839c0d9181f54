"""Where a study's checkpoints and networks lie: one place per owner of a trial."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from models.training.files import Files, Folder
from search.errors import ConfigError
from storage.artifacts import ArtifactFolder, is_bucket, open_bucket
from storage.home import HOME, home, trial_folder
from storage.studies import Study

if TYPE_CHECKING:
    from models.training.checkpoint import TrainingFolder

ARTIFACTS = "ECGSCALE_ARTIFACTS"
_MARK = "ecgscale-artifacts"


def training_folder(
    study: Study, number: int, token: int, continues: tuple[int, int] | None = None
) -> "TrainingFolder":
    """The files of a trial's owner, and those of earlier owners to go on from.

    Args:
        continues: number and last token of the stopped trial with which this one goes on.

    Raises:
        ArtifactError: the study's artifacts cannot be reached from here.
    """
    from models.training.checkpoint import TrainingFolder

    earlier = [(number, before) for before in range(token - 1, 0, -1)]
    if continues is not None:
        stopped, last = continues
        earlier += [(stopped, before) for before in range(last, 0, -1)]
    return TrainingFolder(_files(study, number, token), [_files(study, *owner) for owner in earlier])


def check_artifacts(study: Study) -> None:
    """See that what is trained here can be kept.

    Raises:
        ArtifactError: the bucket cannot be reached.
        ConfigError: the shared folder is not there.
    """
    where = _location(study)
    if where is None:
        return
    if is_bucket(where):
        open_bucket(where)
    elif not (Path(where) / _MARK).exists():
        raise ConfigError(
            f"the study keeps its networks in {where}, which is not that folder here (it has no file {_MARK}); mount "
            f"it, or name where it is with {ARTIFACTS}"
        )


def describe_place(study: Study) -> str:
    """Where what is trained here is kept, for people."""
    where = _location(study)
    return where or f"{home() / 'trials'}, on this machine unless it is shared"


def describe_trial_place(study: Study, number: int, token: int) -> str:
    """Where the files of one owner of a trial lie, for people."""
    where = study.terms.artifacts
    return f"{where or 'trials'}/{_own(study, number, token)}" + ("" if where else f" under {HOME} of its machine")


def usable_place(where: str) -> str:
    """A place for a study's artifacts as it is written down: a bucket, or a folder's whole path, which is made.

    Raises:
        ArtifactError: the bucket cannot be reached.
        ConfigError: the folder cannot be made or written to.
    """
    if is_bucket(where):
        open_bucket(where)
        return where
    if "://" in where or not where.strip():
        raise ConfigError(f"artifacts are kept in a folder or in s3://BUCKET/PREFIX, but got {where!r}")
    folder = Path(where).expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).write_text("checkpoints and networks of ecgscale's studies\n")
    except OSError as error:
        raise ConfigError(f"artifacts cannot be kept in {folder}: {error.strerror}; choose another folder") from error
    return str(folder)


def _files(study: Study, number: int, token: int) -> Files:
    where = _location(study)
    own = _own(study, number, token)
    if where is None:
        return Folder(trial_folder(study.key, number) / str(token))
    if is_bucket(where):
        return ArtifactFolder(open_bucket(where), own)
    return Folder(Path(where) / own, mark=Path(where) / _MARK)


def _own(study: Study, number: int, token: int) -> str:
    return f"{study.key}/{number}/{token}"


def _location(study: Study) -> str | None:
    """As this machine sees it: a shared folder may be mounted elsewhere."""
    return os.environ.get(ARTIFACTS) or study.terms.artifacts
