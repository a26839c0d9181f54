"""What a person says about a study's search and trainings, and what it means on a record store."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ecg.store import RecordStore
from models.training.recipe import STUDY_WIDE, Precision, Recipe, Scoring
from search.config import TrainingSettings
from search.errors import ConfigError
from search.samplers import Sampler


@dataclass(frozen=True)
class SearchSettings:
    """How a study searches.

    Attributes:
        sampler: who proposes what is tried next.
        seed: the same seed gives the same draws from the same trials, and the same trainings.
        early_stopping: whether trials that cannot reach the front are stopped, see `search.halving`.
        narrow: review the region whenever so many more trials are finished; None leaves the space as it is.
        recipe: the source work's experiment that the study repeats, see `search.recipes`.
        arms: regions by name, as `analysis.regions.Region.dump` gives them, from which trials are drawn in turn.
        runs: how often each arm is searched anew.
    """

    sampler: Sampler = Sampler.DEFAULT
    seed: int = 0
    early_stopping: bool = True
    narrow: int | None = None
    recipe: str | None = None
    arms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    runs: int = 1


@dataclass(frozen=True)
class WantedTraining:
    """What all trainings of a study share, as a person says it.

    Attributes:
        epochs: passes over the training records.
        batch_size, precision: None leaves them to the machine at hand.
        crop: seconds that networks see of a record; None for all.
        scoring: which crops of a record give its probabilities.
    """

    epochs: int = 20
    batch_size: int | None = None
    precision: Precision | None = None
    crop: float | None = None
    scoring: Scoring = Scoring.WHOLE

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to the machine."""
        return self.batch_size is not None and self.precision is not None

    def on(self, store: RecordStore, *, batch_size: int, precision: Precision) -> TrainingSettings:
        """The settings on a store, with these where nothing was said.

        Raises:
            ConfigError: the store's windows are shorter than the crop.
            ImpossibleRecipe: a setting is out of its range.
        """
        recipe = Recipe(
            epochs=self.epochs,
            batch_size=batch_size if self.batch_size is None else self.batch_size,
            precision=self.precision or precision,
            crop=_samples(store, self.crop),
            scoring=self.scoring,
        )
        return TrainingSettings(**{name: getattr(recipe, name) for name in STUDY_WIDE})


def _samples(store: RecordStore, seconds: float | None) -> int | None:
    """Samples of a crop; None for whole windows."""
    if seconds is None:
        return None
    samples = round(seconds * store.rate) if math.isfinite(seconds) else 0
    if not 2 <= samples <= store.length:
        raise ConfigError(
            f"a crop must last from {2 / store.rate:g} to {store.length / store.rate:g} s, the length of the store's "
            f"windows, but got {seconds:g}"
        )
    return None if samples == store.length else samples
