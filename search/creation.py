"""Creating a study: a store and a space become what every worker reads."""

from pathlib import Path

from ecg.store import RecordStore
from search.config import StoreReference, StudyConfig, TrainingSettings, check_store
from search.draft import draw_draft, over_budget
from search.errors import ConfigError
from search.space import DesignSpace
from storage.database import Database
from storage.studies import Study
from storage.studies import create_study as create_rows

EPOCHS = 20
BATCH_SIZE = 32
_PROBES = 2000


def create_study(
    database: Database,
    name: str,
    *,
    store: Path,
    space: DesignSpace,
    trials: int,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> Study:
    """Create a study; precision is chosen here, for the machine at hand, and belongs to the study from then on.

    Raises:
        StoreError, ConfigError: the store is missing, or no trial could be trained and scored on it, or no
            architecture of the space fits the budget.
        StudyError: the name is taken.
    """
    records = RecordStore.open(store)
    records.verify_signals()
    check_store(records)
    _check_name(name)
    from models.training.precision import best_precision  # torch takes seconds to load; what is wrong is said before

    config = StudyConfig(
        store=StoreReference.of(records),
        space=space,
        training=TrainingSettings(epochs=epochs, batch_size=BATCH_SIZE, precision=best_precision()),
        seed=seed,
    )
    _check_budget(config)
    return create_rows(database, name, trials, config.dump())


def _check_name(name: str) -> None:
    """Names are typed in shells and read in lists."""
    if not name.strip() or name != name.strip() or not name.isprintable() or name.startswith("-") or len(name) > 200:
        raise ConfigError(
            f"a study's name must be 1 to 200 printable characters, without a dash before or blanks around them, "
            f"but got {name!r}"
        )


def _check_budget(config: StudyConfig) -> None:
    """Refuse a budget that nothing in the space meets, before workers find out."""
    import numpy as np

    from models.errors import ImpossibleNetwork

    rng = np.random.default_rng(0)
    cheapest: int | None = None
    for _ in range(_PROBES):
        try:
            draft = draw_draft(config, rng)
        except ImpossibleNetwork:
            continue
        if not over_budget(config, draft):
            return
        cheapest = min(draft.complexity.flops, cheapest or draft.complexity.flops)
    if cheapest is None:
        raise ConfigError(
            f"no network of the space can be built and fits the store's {config.store.length} samples; "
            "use fewer stages, or longer windows"
        )
    raise ConfigError(
        f"of {_PROBES} networks drawn from the space none needs at most {config.space.budget.max_flops:g} FLOPs, "
        f"the cheapest {cheapest}; raise --max-flops or shrink the space"
    )
