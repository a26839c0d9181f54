"""A study's report: its tables, its front scored on the untouched fold, and the files made from them."""

from pathlib import Path
from typing import Any

import ecgscale
from analysis.report import Material, ReportFiles, build_report, write_report
from analysis.report.build import front
from analysis.trials import Trials, load_trials
from ecg.store import RecordStore
from search.config import StudyConfig
from search.final_test import score_on_test_fold
from storage.database import Database
from storage.studies import Study, progress


def report_study(
    database: Database, study: Study, out: Path, *, store: Path | None = None
) -> tuple[dict[str, Any], ReportFiles]:
    """Write the report of `study` into `out`; the report as data, and where its files lie.

    Args:
        store: where the study's store lies on this machine, if not where it was made.
    """
    config = StudyConfig.load(study.config)
    records = config.store.open(store)
    trials = load_trials(database, study)
    material = Material(
        study=_study(study, config),
        store=_store(records, config),
        trials=trials,
        drafts=progress(database, study).drafts,
        tests=_tests(study, config, records, trials),
    )
    report = build_report(material)
    return report, write_report(report, trials, out)


def _tests(
    study: Study, config: StudyConfig, records: RecordStore, trials: Trials
) -> dict[int, dict[str, float] | None]:

    def params_of(number: int) -> dict[str, Any]:
        return {str(name): value for name, value in trials.params.loc[number].dropna().items()}

    return {number: score_on_test_fold(study, number, config, params_of(number), records) for number in front(trials)}


def _study(study: Study, config: StudyConfig) -> dict[str, Any]:
    return {
        "name": study.name,
        "trials": study.trials,
        "seed": config.seed,
        **config.training.model_dump(mode="json"),
        "space": config.dump()["space"],
        "version": ecgscale.__version__,
    }


def _store(records: RecordStore, config: StudyConfig) -> dict[str, Any]:
    return {
        "fingerprint": records.fingerprint,
        "vocabulary": config.store.vocabulary,
        "leads": config.store.leads,
        "length": config.store.length,
        "rate": records.rate,
        "records": records.manifest["counts"]["records"],
        "sources": records.manifest["counts"]["sources"],
    }
