"""Trainings by hand: one network, for some seeds and choices of labels, each in a folder of its own."""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecg.store import RecordStore
from models import complexity
from models.complexity import Complexity
from models.training.files import write_atomically
from models.training.recipe import Recipe, refuse_unsearchable
from search.config import TrainingSettings, check_score_folds, check_training_folds
from search.errors import ConfigError

if TYPE_CHECKING:
    from models.training.data import TrainingData
    from models.training.loop import Epoch, Trained

_DESCRIPTION, _RESULT = "training.json", "result.json"
_DIGITS = 8
_LONGEST_NAME = 60

Labels = tuple[str, ...]


def make_recipe(settings: TrainingSettings, training: Mapping[str, Any]) -> Recipe:
    """The recipe of what a study fixes and what it can search.

    Raises:
        ImpossibleRecipe: a setting is unknown or out of its range.
    """
    refuse_unsearchable(training)
    return Recipe.of({**settings.model_dump(), **training})


@dataclass(frozen=True)
class HandTraining:
    """A network to be trained on a store.

    Attributes:
        numbers: the family's.
        recipe: how; its seed is the first of several.
        train_folds, score_folds: numbers of folds.
    """

    family: str
    numbers: Mapping[str, Any]
    recipe: Recipe
    store: RecordStore
    train_folds: tuple[int, ...]
    score_folds: tuple[int, ...]

    def check(self, choices: Iterable[Labels]) -> None:
        """Refuse what cannot be trained and scored on any of these choices of labels.

        Raises:
            ImpossibleNetwork: the numbers describe no network for the store's records.
            StoreError: the store does not have such labels, or its signals are damaged.
            ConfigError: the folds overlap, or have too few records or no positives.
        """
        both = set(self.train_folds) & set(self.score_folds)
        if both:
            raise ConfigError(
                f"fold {min(both)} is among the folds to train on and the folds to score on; a score on records that "
                "were trained on says nothing"
            )
        check_training_folds(self.store, self.train_folds)
        for labels in choices:
            self.complexity(labels)
            check_score_folds(self.store.with_labels(labels), self.score_folds)
        self.store.verify_signals()

    def complexity(self, labels: Labels) -> Complexity:
        """What the network for these labels costs."""
        length = self.recipe.crop or self.store.length
        return complexity(self.family, self.numbers, leads=self.store.leads, length=length, classes=len(labels))

    @property
    def default_folder(self) -> Path:
        """Where its trainings go if nobody says: the same command finds them again."""
        everything = self._describe(tuple(self.store.vocabulary.names), seed=0)
        digest = hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
        return Path("trainings") / f"{self.family}-{digest[:_DIGITS]}"

    def folder_name(self, labels: Labels, seed: int) -> str:
        """The name of one training's folder."""
        if list(labels) == self.store.vocabulary.names:
            return f"seed-{seed}"
        typed = "-".join(labels)
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "_", typed)[:_LONGEST_NAME]
        mark = "" if plain == typed else f"-{hashlib.sha256(typed.encode()).hexdigest()[:_DIGITS]}"
        return f"{plain}{mark}-seed-{seed}"

    def run(
        self,
        folder: Path,
        labels: Labels,
        seed: int,
        *,
        compiled: bool = False,
        on_epoch: Callable[["Epoch"], None] = lambda epoch: None,
    ) -> dict[str, Any]:
        """Train and score one network; its result as plain data, which `result.json` in the folder holds too.

        What was cut short goes on from its last epoch; what is done is read and not trained again.

        Raises:
            ConfigError: the folder holds another training.
            TrainingFailed: by its kinds.
        """
        from models.training.checkpoint import TrainingFolder
        from models.training.loop import train

        described = self._describe(labels, seed)
        done = _begin(folder, described)
        if done is not None:
            return done
        files = TrainingFolder(folder)
        trained = train(
            self.family,
            self.numbers,
            self._data.with_labels(labels),
            replace(self.recipe, seed=seed),
            files,
            on_epoch=on_epoch,
            compiled=compiled,
        )
        result = {**described, **self._result(trained, labels)}
        write_atomically(folder / _RESULT, json.dumps(result, indent=1).encode())
        files.drop_checkpoint()
        return result

    @property
    def windows(self) -> dict[str, int]:
        """How many of the store's windows are for what."""
        split = self._data.split
        return {
            "records to train on": len(self._data.training_rows(self.recipe.data_fraction)),
            "to choose thresholds": len(split.thresholds),
            "to score": len(split.score),
        }

    @cached_property
    def _data(self) -> "TrainingData":
        from models.training.data import Split, TrainingData

        split = Split.of(self.store, train_folds=self.train_folds, score_folds=self.score_folds)
        return TrainingData(self.store, split)

    def _describe(self, labels: Labels, seed: int) -> dict[str, Any]:
        """All that a result depends on but the hardware."""
        return {
            "family": self.family,
            "numbers": dict(self.numbers),
            "architecture": self.complexity(labels).architecture,
            "recipe": asdict(replace(self.recipe, seed=seed)),
            "labels": list(labels),
            "train_folds": list(self.train_folds),
            "score_folds": list(self.score_folds),
            "store": self.store.fingerprint,
        }

    def _result(self, trained: "Trained", labels: Labels) -> dict[str, Any]:
        counted = self.complexity(labels)
        return {
            "params": counted.params,
            "flops": counted.flops,
            "scores": _plain(trained.scores.overall),
            "ci95": {name: _plain(interval) for name, interval in trained.intervals.items()},
            "per_label": trained.scores.per_label,
            "left_out": trained.scores.left_out,
            "epochs": [_plain(asdict(row)) for row in trained.curve],
            "records_seen": trained.records_seen,
            "seconds": round(trained.seconds, 3),
            "resumed": trained.resumed,
            "batch_parts": trained.parts,
        }


def _begin(folder: Path, described: Mapping[str, Any]) -> dict[str, Any] | None:
    """The result of a training that is done, None where it is to begin or go on."""
    from models.training.checkpoint import CHECKPOINT, NETWORK, TrainingFolder

    described = json.loads(json.dumps(described))
    before = _read(folder / _DESCRIPTION)
    holds_work = any((folder / name).exists() for name in (_RESULT, f"{CHECKPOINT}.json", f"{NETWORK}.json"))
    if before is not None and before != described and holds_work:
        raise ConfigError(f"{folder} holds another training ({_difference(before, described)}); choose another --out")
    if before != described:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / _DESCRIPTION, json.dumps(described, indent=1).encode())
    return _read(folder / _RESULT) if TrainingFolder(folder).load_network() else None


def _difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """The first thing in which two descriptions differ."""
    one, other = ({**text, **text.get("recipe", {})} for text in (before, now))
    name = next(name for name in other if name != "recipe" and one.get(name) != other[name])
    return f"{name} was {json.dumps(one.get(name))} there and is {json.dumps(other[name])} here"


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _plain(values: Any) -> Any:
    """NaN as None, tuples as lists: what JSON has."""
    if isinstance(values, Mapping):
        return {name: _plain(value) for name, value in values.items()}
    if isinstance(values, tuple | list):
        return [_plain(value) for value in values]
    return None if isinstance(values, float) and math.isnan(values) else values
