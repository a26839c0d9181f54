"""A study's report: its tables, its front scored on the untouched fold, and the files made from them."""

from pathlib import Path
from typing import Any

import ecgscale
from analysis.report import Material, ReportFiles, build_report, write_report
from analysis.report.build import front
from analysis.trials import Trials, load_trials
from models.errors import TrainingFailed
from search.config import StudyConfig
from search.errors import ConfigError
from search.final_test import score_on_test_fold
from search.places import training_folder
from storage.database import Database
from storage.errors import ArtifactError
from storage.leases import final_tokens
from storage.progress import Progress, progress
from storage.studies import Study


def report_study(
    database: Database, study: Study, out: Path, *, store: Path | None = None
) -> tuple[dict[str, Any], ReportFiles]:
    """Write the report of `study` into `out`; the report as data, and where its files lie.

    Args:
        store: where the study's store lies on this machine, if not where it was made. Without one where it was made
            the report has no test scores and says so.
    """
    config = StudyConfig.load(study.config)
    trials = load_trials(database, study)
    tests, untested = _tests(database, study, config, trials, store)
    state = progress(database, study)
    material = Material(
        study=_study(study, config, state),
        store=config.store.model_dump(exclude={"path"}),
        trials=trials,
        drafts=state.drafts,
        tests=tests,
        untested=untested,
    )
    report = build_report(material)
    return report, write_report(report, trials, out)


def _tests(
    database: Database, study: Study, config: StudyConfig, trials: Trials, store: Path | None
) -> tuple[dict[int, dict[str, float] | None], str]:
    """Test scores of the front by trial number, and why those that are None are missing."""
    numbers = front(trials)
    if store is None and not Path(config.store.path).exists():
        return dict.fromkeys(numbers), "the record store is not where the study was made; name it with --store"
    try:
        config.check_code()
    except ConfigError as error:
        return dict.fromkeys(numbers), str(error)
    from models.training.data import Split, TrainingData  # torch takes seconds to load; what is wrong is said before

    records = config.store.open(store)
    try:
        data = TrainingData(records, Split.to_test(records))
        tokens = final_tokens(database, study)
        tests = {
            number: score_on_test_fold(
                training_folder(study, number, tokens[number]), config, trials.drawn(number), data
            )
            if number in tokens  # not one that another program has added
            else None
            for number in numbers
        }
    except (TrainingFailed, ArtifactError) as error:
        return dict.fromkeys(numbers), str(error)
    return (
        tests,
        "the trained network cannot be reached from this machine (make the report where it was trained), "
        "or fold 10 has no class to score",
    )


def _study(study: Study, config: StudyConfig, state: Progress) -> dict[str, Any]:
    return {
        "name": study.name,
        "trials": study.trials,
        "seed": config.seed,
        "sampler": config.sampler.value,
        "drawn_by": {name: one.trials for name, one in state.samplers.items()},
        "early_stopping": config.early_stopping,
        "ended": state.ended,
        **config.training.model_dump(mode="json"),
        "space": config.dump()["space"],
        "version": ecgscale.__version__,
    }
