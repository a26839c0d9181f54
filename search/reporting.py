"""The report of one or several studies: their trials analysed, the front scored on the untouched fold, the files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import ecgscale
from analysis.analyze import Analysis, analyze
from analysis.compared import Compared, Search, compare_searches
from analysis.fronts import front_members
from analysis.question import Labels, Question
from analysis.recommend import budget_ladder
from analysis.report import Material, ReportFiles, build_report, check_place, write_report
from analysis.trials import NUMBER, STUDY, Trials, load_label_scores, load_trials
from ecg.store import RecordStore
from models.errors import TrainingFailed
from search.config import StudyConfig, TrainingSettings
from search.errors import ConfigError
from search.final_test import score_on_test_fold
from search.places import training_folder
from search.recipes import read_recipe
from search.recommending import candidates_for
from search.region_history import region_history
from storage.curves import read_curves
from storage.database import Database, Say
from storage.errors import ArtifactError
from storage.leases import final_tokens
from storage.progress import Progress, progress
from storage.reference import keep_reference, stored_reference
from storage.studies import OBJECTIVES, Study

Number = TypeVar("Number", int, float)

_OWN_TO_EACH = (
    "name",
    "trials",
    "counted",
    "drawn_by",
    "ended",
    "studies",
    "trained_otherwise",
)  # no settings: they differ between any two
_NOT_ASKED = "nobody asked for it"
_ENOUGH_TO_STAY = 20  # complete trials: a corner at the median of fewer would cut off the later front


@dataclass(frozen=True)
class _Source:
    """A study that is reported on."""

    study: Study
    config: StudyConfig
    state: Progress


@dataclass(frozen=True)
class StudyReport:
    """A report before it is written: its data, and the analysis that it is made from."""

    data: dict[str, Any]
    analysis: Analysis


def report_studies(
    database: Database,
    studies: Sequence[Study],
    out: Path,
    *,
    store: Path | None = None,
    reference: Mapping[str, float] | None = None,
    beside: Study | None = None,
    say: Say = lambda stage: None,
) -> tuple[dict[str, Any], ReportFiles]:
    """Write the report of `studies`, read together, into `out`; the report as data, and where its files lie.

    Args:
        store: where the studies' store lies on this machine, if not where it was made. Without one where it was made
            the report has no test scores, no groups of labels, and says so.
        reference: of the hypervolume, by objective. It is kept with the study; without it the first report of 20
            complete trials, or of all that were asked for, decides.
        beside: another study, with which they are compared.
        say: told what is done next.

    Raises:
        ConfigError: the studies are not of one record store, or `beside` is one of them.
        AnalysisError: the reference names no objective, or a study is named twice.
    """
    check_place(out)
    made = study_report(database, studies, store=store, reference=reference, beside=beside, say=say)
    say("figures and page")
    files = write_report(made.data, made.analysis, out)
    _keep_reference(database, studies, made.analysis, given=bool(reference))
    return made.data, files


def study_report(
    database: Database,
    studies: Sequence[Study],
    *,
    store: Path | None = None,
    reference: Mapping[str, float] | None = None,
    beside: Study | None = None,
    tested: bool = True,
    say: Say = lambda stage: None,
) -> StudyReport:
    """The report of `studies`, read together; nothing is written anywhere.

    Args:
        store, reference, beside, say: as for `report_studies`.
        tested: score the front on the untouched fold, which takes torch and the trained networks.

    Raises:
        ConfigError, AnalysisError: as `report_studies`.
    """
    say("reading the trials")
    if beside is not None and beside.name in [study.name for study in studies]:
        raise ConfigError(f"{beside.name} would be compared with itself; name another study with --compare")
    sources = [_Source(study, StudyConfig.load(study.config), progress(database, study)) for study in studies]
    trials = load_trials(database, studies)
    _check_store([source.config for source in sources])
    complete = trials.complete()
    records, unreachable = _open_store(sources[0].config, store)
    tests, untested = _tests(database, sources, trials, records, unreachable, say) if tested else ({}, _NOT_ASKED)
    analysis = analyze(
        trials,
        Question.of_study(
            reference=_reference(database, studies, reference or {}),
            labels=Labels(load_label_scores(database, studies, complete), _label_groups(records)),
            candidates=None if len(sources) > 1 else _candidates(sources[0].config, complete),
            **_recipe([source.config for source in sources]),
        ),
        say,
    )
    material = Material(
        name=" + ".join(study.name for study in studies),
        study=_told([_study(source) for source in sources]),
        store=_store(sources[0].config, records),
        drafts=_summed([source.state.drafts for source in sources]),
        tests=tests,
        untested=untested,
        regions=[region_history(database, source.study, source.config) for source in sources],
        curves=_curves(database, sources, trials),
        spent=_spent(sources, trials),
        compared=None if beside is None else _compared(database, sources, trials, beside),
    )
    return StudyReport(build_report(analysis, material), analysis)


def _check_store(configs: Sequence[StudyConfig]) -> None:
    fingerprints = list(dict.fromkeys(config.store.fingerprint[:12] for config in configs))
    if len(fingerprints) > 1:
        raise ConfigError(
            f"scores on different records cannot be compared, but these studies are of the record stores "
            f"{' and '.join(fingerprints)}; make a report of each"
        )


def _open_store(config: StudyConfig, store: Path | None) -> tuple[RecordStore | None, str]:
    """The record store, or why there is none."""
    if store is None and not Path(config.store.path).exists():
        return None, "the record store is not where the study was made; name it with --store"
    return config.store.open(store), ""


def _store(config: StudyConfig, records: RecordStore | None) -> dict[str, Any]:
    """What the study knows of its records and, where the store is at hand, how they were pre-processed."""
    told = config.store.model_dump(exclude={"path"})
    return told if records is None else told | {"preprocessing": records.manifest["preprocessing"]}


def _label_groups(records: RecordStore | None) -> dict[str, str]:
    return {} if records is None else {label.name: label.group for label in records.vocabulary.labels}


def _reference(database: Database, studies: Sequence[Study], given: Mapping[str, float]) -> Mapping[str, float]:
    """What was given, else what an earlier report of the study kept; of several studies nothing is kept."""
    stored = stored_reference(database, studies[0]) if len(studies) == 1 else None
    return {**({} if stored is None else dict(zip(OBJECTIVES, stored, strict=True))), **given}


def _keep_reference(database: Database, studies: Sequence[Study], analysis: Analysis, *, given: bool) -> None:
    """Keep the corner with the study: one that was given, or the first that rests on enough trials to stay."""
    found = analysis.fronts.hypervolume
    if len(studies) > 1 or found is None:
        return
    if given or len(analysis.complete) >= min(_ENOUGH_TO_STAY, studies[0].trials):
        keep_reference(database, studies[0], found.reference)


def _candidates(config: StudyConfig, complete: Trials) -> Any:
    return candidates_for(config, complete, budget_ladder(complete.values["flops"].to_numpy()))


def _recipe(configs: Sequence[StudyConfig]) -> dict[str, Any]:
    """The experiment that all studies repeat, with the costs that it compares; nothing where they repeat none."""
    names = {config.recipe for config in configs}
    name = configs[0].recipe
    if name is None or len(names) > 1:
        return {}
    return {"recipe": name, "networks": read_recipe(name).costs(configs[0].shape)}


def _tests(
    database: Database,
    sources: Sequence[_Source],
    trials: Trials,
    records: RecordStore | None,
    unreachable: str,
    say: Say,
) -> tuple[dict[int, dict[str, Any] | None], str]:
    """Test scores of the front by row of `trials`, and why those that are None are missing."""
    rows = front_members(trials)
    if records is None:
        return dict.fromkeys(rows), unreachable
    try:
        for source in sources:
            source.config.check_code()
    except ConfigError as error:
        return dict.fromkeys(rows), str(error)
    from models.training.data import Split, TrainingData  # torch takes seconds to load; what is wrong is said before

    try:
        data = TrainingData(records, Split.to_test(records))
        tokens = {source.study.name: final_tokens(database, source.study) for source in sources}
        tests = {}
        for place, row in enumerate(rows, start=1):
            say(f"test fold, network {place} of {len(rows)}")
            tests[row] = _test(_source_of(sources, trials, row), trials, row, tokens, data)
    except (TrainingFailed, ArtifactError) as error:
        return dict.fromkeys(rows), str(error)
    return (
        tests,
        "the trained network cannot be reached from this machine (make the report where it was trained), "
        "or fold 10 has no class to score",
    )


def _source_of(sources: Sequence[_Source], trials: Trials, row: int) -> _Source:
    if len(sources) == 1:
        return sources[0]
    return next(source for source in sources if source.study.name == trials.attrs.at[row, STUDY])


def _test(
    source: _Source, trials: Trials, row: int, tokens: Mapping[str, Mapping[int, int]], data: Any
) -> dict[str, Any] | None:
    number = trials.told(row).get(NUMBER, row)
    token = tokens[source.study.name].get(number)
    if token is None:  # another program has added it
        return None
    return score_on_test_fold(training_folder(source.study, number, token), source.config, trials.drawn(row), data)


def _curves(database: Database, sources: Sequence[_Source], trials: Trials) -> dict[int, dict[int, float]]:
    """How the members of the front learned, by row of `trials`."""
    read = {
        source.study.name: {curve.number: curve.scores for curve in read_curves(database, source.study)}
        for source in sources
    }
    curves = {
        row: read[_source_of(sources, trials, row).study.name].get(trials.told(row).get(NUMBER, row))
        for row in front_members(trials)
    }
    return {row: dict(curve) for row, curve in curves.items() if curve}


def _spent(sources: Sequence[_Source], trials: Trials) -> dict[str, float]:
    """Seconds of workers: in trials that were finished, in those that were stopped, and in vain, by cause."""
    seconds = trials.attrs["train_seconds"].astype(float) if "train_seconds" in trials.attrs else None
    trained = {} if seconds is None else seconds.groupby(trials.state).sum().to_dict()
    wasted = _summed([source.state.wasted for source in sources])
    return {"finished": trained.get("complete", 0.0), "stopped early": trained.get("pruned", 0.0)} | wasted


def _compared(database: Database, sources: Sequence[_Source], trials: Trials, beside: Study) -> Compared:
    other = _Source(beside, StudyConfig.load(beside.config), progress(database, beside))
    return compare_searches(
        _search(" + ".join(source.study.name for source in sources), sources, trials),
        _search(beside.name, [other], load_trials(database, [beside])),
    )


def _search(name: str, sources: Sequence[_Source], trials: Trials) -> Search:
    told = _told([_study(source) for source in sources])
    settings = {key: value for key, value in told.items() if key not in _OWN_TO_EACH}
    return Search(name, trials, sources[0].config.store.fingerprint, _flat(settings))


def _study(source: _Source) -> dict[str, Any]:
    study, config, state = source.study, source.config, source.state
    return {
        "name": study.name,
        "trials": state.trials,
        "counted": state.counted,
        "seed": config.seed,
        "sampler": config.sampler.value,
        "drawn_by": {name: one.trials for name, one in state.samplers.items()},
        "early_stopping": config.early_stopping,
        "recipe": config.recipe,
        "ended": state.ended,
        **config.training.model_dump(mode="json"),
        "space": config.dump()["space"],
        "version": ecgscale.__version__,
    }


def _told(studies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One study as it is; of several what they share, sums of what can be counted, and each of them."""
    if len(studies) == 1:
        return dict(studies[0])
    shared = {key: value for key, value in studies[0].items() if all(other[key] == value for other in studies)}
    return shared | {
        "name": " + ".join(study["name"] for study in studies),
        "trials": sum(study["trials"] for study in studies),
        "counted": sum(study["counted"] for study in studies),
        "drawn_by": _summed([study["drawn_by"] for study in studies]),
        "ended": _ends(studies),
        "studies": [dict(study) for study in studies],
        "trained_otherwise": {
            name: {study["name"]: study[name] for study in studies}
            for name in TrainingSettings.model_fields
            if len({study[name] for study in studies}) > 1
        },
    }


def _flat(told: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Parts of parts under the names of both: space.families.resnet.width."""
    flat: dict[str, Any] = {}
    for key, value in told.items():
        inner = isinstance(value, Mapping) and not _is_range(value)
        flat |= _flat(value, f"{prefix}{key}.") if inner else {f"{prefix}{key}": value}
    return flat


def _is_range(told: Mapping[str, Any]) -> bool:
    return "low" in told


def _ends(studies: Sequence[Mapping[str, Any]]) -> str | None:
    """Why there will be no more trials of any; None where one may go on, or all have what they were asked for."""
    unfinished = [study for study in studies if study["counted"] < study["trials"]]
    if not all(study["ended"] for study in unfinished):
        return None
    return "; ".join(f"{study['name']}: {study['ended']}" for study in unfinished) or None


def _summed(counts: Sequence[Mapping[str, Number]]) -> dict[str, Number]:
    """The sum of each key, over those that have it."""
    total: dict[str, Number] = {}
    for one in counts:
        for key, value in one.items():
            total[key] = total.get(key, 0) + value
    return total
