"""What to build for a budget, from a study's trials and the untried networks of its space."""

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.fronts import front_members
from analysis.recommend import MIN_TRIALS, Budget, Candidates, Recommendations, budget_ladder, recommend
from analysis.trials import Trials, load_trials
from search.candidates import draw_candidates, trained_keys
from search.config import StudyConfig
from storage.database import Database
from storage.studies import Study


def recommend_from(
    database: Database, study: Study, budgets: Sequence[Budget], *, seed: int = 0
) -> tuple[Trials, Recommendations]:
    """The complete trials of `study`, and what they say to build for each budget; without any, for each of a ladder.

    Raises:
        ConfigError: the study is of another version of ecgscale, or of a family that is not known here.
        AnalysisError: a budget is not above 0.
    """
    complete = load_trials(database, [study]).complete()
    if not len(complete):
        return complete, Recommendations((), None)
    wanted = budgets or [Budget("flops", limit) for limit in budget_ladder(complete.values["flops"].to_numpy())]
    limits = [budget.limit for budget in wanted if budget.by == "flops"]
    candidates = candidates_for(StudyConfig.load(study.config), complete, limits, seed=seed)
    return complete, recommend(complete, wanted, candidates, seed=seed)


def candidates_for(
    config: StudyConfig, complete: Trials, flops: Sequence[float], *, seed: int = 0
) -> Candidates | None:
    """Untried networks around the front and elsewhere; None where trials are too few to predict their scores."""
    if len(complete) < MIN_TRIALS:
        return None
    good = [complete.drawn(number) for number in front_members(complete)]
    return draw_candidates(config, good, flops=flops, trained=trained_keys(complete), seed=seed)


def training_command(config: StudyConfig, params: Mapping[str, Any]) -> str:
    """The command that trains these parameters as the study does."""
    family = str(params["family"])
    keys = [
        f"{name.removeprefix(f'{family}.')}={value if isinstance(value, str) else json.dumps(value)}"
        for name, value in params.items()
        if name != "family"
    ]
    shared = config.training
    options = ["--epochs", shared.epochs, "--batch-size", shared.batch_size, "--precision", shared.precision.value]
    if shared.crop is not None:
        options += ["--crop", f"{shared.crop / config.store.rate:g}", "--scoring", shared.scoring.value]
    seed = [] if "train.seed" in params else [f"train.seed={config.seed}"]
    words = [family, *keys, *seed, "--store", config.store.path, *map(str, options)]
    return shlex.join(["ecgscale", "train", *words])
