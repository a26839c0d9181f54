"""Creating a study: a store and a space become what every worker reads."""

import math
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from analysis.regions.region import Region
from ecg.folds import TRAINING_FOLDS
from ecg.store import RecordStore
from models.registry import Family, family
from models.training.recipe import Recipe
from search.budget import beyond, excess, limits
from search.config import (
    Example,
    StoreReference,
    StudyConfig,
    TrainingSettings,
    check_score_folds,
    check_training_folds,
)
from search.draft import draw_draft
from search.errors import ConfigError
from search.samplers import Sampler
from search.settings import SearchSettings, WantedTraining
from search.space import DesignSpace
from storage.database import Database
from storage.studies import Study, Terms
from storage.studies import create_study as create_rows

_PROBES = 2000
_SLOW_PROBES = 50  # where each is built to be counted


def create_study(
    database: Database,
    name: str,
    *,
    store: Path,
    space: DesignSpace,
    terms: Terms,
    training: WantedTraining,
    search: SearchSettings | None = None,
) -> Study:
    """Create a study; precision and batch size belong to it from then on, whatever machines its workers run on.

    Args:
        terms: how many trials, and what workers must keep to.
        training: what all its trainings share; batch size and precision that it leaves open are those that a short
            probe of this machine proposes.
        search: how the study searches.

    Raises:
        ImpossibleRecipe: a setting is out of its range.
        StoreError, ConfigError: the store is missing, or no trial could be trained and scored on it, or no
            architecture of the space fits the budget.
        StudyError: the name is taken.
    """
    records = RecordStore.open(store)
    records.verify_signals()
    check_training_folds(records)
    check_score_folds(records)
    check_name(name)
    settings = training.on(records, batch_size=Recipe.batch_size, precision=Recipe.precision)
    how = asdict(search or SearchSettings())
    _check_arms(space, search or SearchSettings())
    config = StudyConfig(store=StoreReference.of(records), space=space, training=settings, **how)
    config = config.model_copy(update={"examples": _examples(config)})
    if not training.is_complete:
        config = config.model_copy(update={"training": _proposed(config, records, training)})
        config = config.model_copy(update={"examples": _examples(config)})  # larger batches need more memory
    return create_rows(database, name, terms, config.dump())


def _check_arms(space: DesignSpace, search: SearchSettings) -> None:
    """
    Raises:
        ConfigError: the settings contradict each other.
        SpaceError: an arm does not lie in the space.
    """
    if search.runs < 1 or (search.runs > 1 and not search.arms):
        raise ConfigError(f"a study has 1 run, or with arms several of each, but got {search.runs}; name its arms too")
    if search.arms and (search.sampler is not Sampler.RANDOM or search.narrow is not None):
        with_what = "narrowing" if search.narrow is not None else f"the sampler {search.sampler}"
        raise ConfigError(
            f"arms are compared by blind draws, but got arms with {with_what}; take the sampler {Sampler.RANDOM} and "
            "no narrowing"
        )
    for part in search.arms.values():
        space.narrowed(Region.load(part))


def _proposed(config: StudyConfig, records: RecordStore, training: WantedTraining) -> TrainingSettings:
    from search.proposal import propose_for  # torch takes seconds to load; what is wrong is said before

    found = propose_for(config, len(records.split_training(TRAINING_FOLDS)[0]))
    return training.on(records, batch_size=found.batch_size, precision=found.precision)


def check_name(name: str) -> None:
    """Names are typed in shells and read in lists.

    Raises:
        ConfigError: this one is not for that.
    """
    if not name.strip() or name != name.strip() or not name.isprintable() or name.startswith("-") or len(name) > 200:
        raise ConfigError(
            f"a study's name must be 1 to 200 printable characters, without a dash before or blanks around them, "
            f"but got {name!r}"
        )


def _examples(config: StudyConfig) -> dict[str, Example]:
    """A network of each family that can be trained within the budget.

    Raises:
        ConfigError: there is none of some family, in the space or in an arm, which would never be tried.
    """
    for arm, part in config.arms.items():
        narrowed = config.model_copy(update={"space": config.space.narrowed(Region.load(part)), "arms": {}})
        try:
            _examples(narrowed)
        except ConfigError as error:
            raise ConfigError(f"the arm {arm} would have nothing to train: {error}") from error
    return {name: _example(config, name) for name in config.space.families}


def _example(whole: StudyConfig, name: str) -> Example:
    import numpy as np

    from models.errors import ImpossibleNetwork

    config = whole.model_copy(update={"space": whole.space.only(name)})
    rng = np.random.default_rng(0)
    probes = _PROBES if isinstance(family(name, {}), Family) else _SLOW_PROBES
    nearest: tuple[float, str] | None = None
    impossible: Counter[str] = Counter()
    for _ in range(probes):
        try:
            draft = draw_draft(config, rng)
        except ImpossibleNetwork as error:
            impossible[str(error)] += 1
            continue
        missed = excess(config, draft)
        if not missed:
            return Example(numbers=draft.numbers, architecture=draft.complexity.architecture)
        nearest = min(nearest or (math.inf, ""), (missed, beyond(config, draft)))
    if nearest:
        raise ConfigError(
            f"of {probes} networks of {name} drawn from the space none is within the budget, "
            f"{limits(config.space.budget)}; the nearest has {nearest[1]}; widen the budget, change the space or leave "
            f"{name} out"
        )
    reason = impossible.most_common(1)[0][0]
    raise ConfigError(
        f"no network of {name} can be made for {config.shape['length']} samples, most often because {reason}; "
        f"change the space or leave {name} out"
    )
