"""What a study was told at its creation, and how it meets a record store."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

import ecgscale
from ecg.folds import SCORE_FOLD, TRAINING_FOLDS
from ecg.store import RecordStore
from models import complexity, list_families, list_presets
from models.training.recipe import Precision, Scoring
from search.errors import ConfigError
from search.samplers import Sampler
from search.space import DesignSpace, Scalar, dump_space, make_space


class StoreReference(BaseModel):
    """The record store of a study: where it was, what it must be, and the shape its networks take."""

    model_config = ConfigDict(frozen=True)

    path: str
    fingerprint: str
    vocabulary: str
    leads: int
    length: int
    classes: int
    rate: float
    records: int
    sources: dict[str, int]

    @classmethod
    def of(cls, store: RecordStore) -> "StoreReference":
        return cls(
            path=str(store.path.resolve()),
            fingerprint=store.fingerprint,
            vocabulary=store.vocabulary.name,
            leads=store.leads,
            length=store.length,
            classes=len(store.vocabulary.labels),
            rate=store.rate,
            records=store.manifest["counts"]["records"],
            sources=store.manifest["counts"]["sources"],
        )

    @property
    def shape(self) -> dict[str, int]:
        """What a network of whole records must take and put out."""
        return {"leads": self.leads, "length": self.length, "classes": self.classes}

    def open(self, elsewhere: Path | None = None) -> RecordStore:
        """The store, or its copy `elsewhere`, with every signal verified.

        Raises:
            StoreError: there is no store, or it is damaged.
            ConfigError: it is not the study's.
        """
        place = elsewhere or Path(self.path)
        if not place.exists():
            raise ConfigError(f"the study's record store is not at {place}; name where it is with --store")
        store = RecordStore.open(place)
        if store.vocabulary.name != self.vocabulary:
            raise ConfigError(
                f"{store.path} holds labels of {store.vocabulary.name}, the study was made for {self.vocabulary}; "
                "name the study's store with --store"
            )
        if store.fingerprint != self.fingerprint:
            raise ConfigError(
                f"{store.path} has the fingerprint {store.fingerprint[:12]}, the study was made for "
                f"{self.fingerprint[:12]}; name the study's store with --store, or create a study for this one"
            )
        store.verify_signals()
        return store


class TrainingSettings(BaseModel):
    """What all trainings of a study share."""

    model_config = ConfigDict(frozen=True)

    epochs: int
    batch_size: int
    precision: Precision
    crop: int | None = None  # samples
    scoring: Scoring = Scoring.WHOLE


class Example(BaseModel):
    """A network of a family as it was when the study was created."""

    model_config = ConfigDict(frozen=True)

    numbers: dict[str, Scalar]
    architecture: str


class StudyConfig(BaseModel):
    """Everything a worker needs to know about a study."""

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    ecgscale: str = ecgscale.__version__
    store: StoreReference
    space: DesignSpace
    training: TrainingSettings
    seed: int
    sampler: Sampler = Sampler.DEFAULT
    early_stopping: bool = True
    recipe: str | None = None
    narrow: int | None = None  # finished trials between two reviews of the region; none: no review
    arms: dict[str, dict[str, Any]] = {}  # regions as `Region.dump` has them, by name
    runs: int = 1
    examples: dict[str, Example] = {}

    @property
    def shape(self) -> dict[str, int]:
        """What a network of the study must take and put out."""
        return {**self.store.shape, "length": self.training.crop or self.store.length}

    def check_code(self) -> None:
        """See that what is trained here can stand beside what was trained before.

        Raises:
            ConfigError: another ecgscale created the study, or a family makes other networks than then.
        """
        if self.ecgscale != ecgscale.__version__:
            raise ConfigError(
                f"the study was created by ecgscale {self.ecgscale}, this is {ecgscale.__version__}; scores of both in "
                f"one study could not be compared: use ecgscale {self.ecgscale} for it"
            )
        for name, example in self.examples.items():
            if complexity(name, example.numbers, **self.shape).architecture != example.architecture:
                raise ConfigError(
                    f"{name} makes other networks than when the study was created, so that scores would not belong to "
                    "them; use the plugin, or the version of ecgscale, that the study was created with"
                )

    def dump(self) -> dict[str, Any]:
        return {**self.model_dump(mode="json", exclude={"space"}), "space": dump_space(self.space)}

    @classmethod
    def load(cls, data: dict[str, Any]) -> "StudyConfig":
        """
        Raises:
            ConfigError: the study was made by another version of ecgscale, or with a family that is not known here.
        """
        _require_families(data)
        try:
            return cls.model_validate({**data, "space": make_space(data.get("space"), source="the study's space")})
        except ValidationError as error:
            first = error.errors()[0]
            raise ConfigError(
                f"the study's configuration cannot be read ({'.'.join(map(str, first['loc']))}: {first['msg']}); "
                "use the ecgscale that made it"
            ) from error


def _require_families(data: dict[str, Any]) -> None:
    families = (data.get("space") or {}).get("families") or {}
    missing = [name for name in families if name not in [*list_families(), *list_presets()]]
    if missing:
        raise ConfigError(
            f"the study searches {', '.join(missing)}, which nobody has told this command of; load the file of your "
            "family with --plugin or the environment's ECGSCALE_PLUGIN"
        )


def check_training_folds(store: RecordStore, folds: Sequence[int] = TRAINING_FOLDS) -> None:
    """
    Raises:
        ConfigError: too few records to train a network and choose its thresholds.
    """
    train, thresholds = store.split_training(folds)
    if len(train) < 2 or not len(thresholds):
        raise ConfigError(
            f"{store.path} has {len(train)} records to train on and {len(thresholds)} to choose thresholds on in "
            f"{_named(folds)}; at least 2 and 1 are needed: prepare a larger corpus"
        )


def check_score_folds(store: RecordStore, folds: Sequence[int] = (SCORE_FOLD,)) -> None:
    """
    Raises:
        ConfigError: there is no class to score.
    """
    scored = store.labels[store.rows(folds)]
    if not (scored.any(axis=0) & ~scored.all(axis=0)).any():
        raise ConfigError(
            f"{_named(folds)} of {store.path} ({len(scored)} records) has no class with both positives and negatives "
            f"among {', '.join(store.vocabulary.names)}; prepare a corpus with more of them"
        )


def _named(folds: Sequence[int]) -> str:
    return f"fold {folds[0]}" if len(folds) == 1 else f"folds {', '.join(map(str, folds))}"
