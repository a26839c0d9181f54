"""`ecgscale narrow`."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from search.cli.bars import stages
from search.cli.options import AsJson, Plugin, Storage, StudyName, quoted

if TYPE_CHECKING:
    from analysis.regions import Review
    from analysis.regions.timeline import RegionHistory
    from search.config import StudyConfig
    from storage.database import Database
    from storage.studies import Study


def narrow(
    name: StudyName,
    apply: Annotated[bool, typer.Option("--apply", help="Search within the proposed region from now on.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Go back to the region before this one.")] = False,
    history: Annotated[bool, typer.Option("--history", help="Show every region so far with its evidence.")] = False,
    storage: Storage = None,
    as_json: AsJson = False,
    plugin: Plugin = None,
) -> None:
    """Show which parts of the search space could be cut, and why; nothing changes without --apply or --undo.

    Workers follow a new region from their next draft. Nothing is erased: an undone region stays in the history.

    Example: ecgscale narrow first
    """
    from search.config import StudyConfig
    from storage.database import open_database
    from storage.studies import find_study

    _allow_one({"--apply": apply, "--undo": undo, "--history": history})
    database = open_database(storage)
    study = find_study(database, name)
    config = StudyConfig.load(study.config)
    show = _apply if apply else _undo if undo else _history if history else _propose
    with stages() as say:
        say("reading the trials" if history or undo else "parts of the space that could be cut")
        told, lines = show(database, study, config)
    print(json.dumps({"study": study.name, **told}, allow_nan=False) if as_json else "\n".join(lines))


def _allow_one(options: dict[str, bool]) -> None:
    from search.errors import ConfigError

    given = [option for option, is_given in options.items() if is_given]
    if len(given) > 1:
        raise ConfigError(f"only one of {', '.join(options)} can be done at a time, but got {' and '.join(given)}")


def _propose(database: "Database", study: "Study", config: "StudyConfig") -> tuple[dict[str, Any], list[str]]:
    from search.narrowing import review_now
    from search.region_history import region_history

    found = region_history(database, study, config)
    review = review_now(database, study, config, by="person") if found.trials else None
    if review is None or not review.moved:
        lines = _unsupported(study, found, review)
    else:
        command = f"ecgscale narrow {quoted(study.name)} --apply"
        lines = ["proposed, and nothing of it applied:", *_changes(review), f"search within it: {command}"]
    return {**_now(found), "proposal": _row(None, review)}, [_standing(study, found), *lines]


def _apply(database: "Database", study: "Study", config: "StudyConfig") -> tuple[dict[str, Any], list[str]]:
    from search.region_history import apply_review, region_history

    before = region_history(database, study, config)
    version, review = apply_review(database, study, config) if before.trials else (None, None)
    found = region_history(database, study, config)
    if review is None or not review.moved:
        lines = _unsupported(study, found, review)
    else:
        lines = [f"applied as version {version}; workers follow it from their next draft:", *_changes(review)]
        if config.narrow is None:
            lines.append("probes that contradict it are asked when you narrow again: nobody else looks at this study")
    return {**_now(found), "applied": _row(version, review) if version else None}, [_standing(study, found), *lines]


def _undo(database: "Database", study: "Study", config: "StudyConfig") -> tuple[dict[str, Any], list[str]]:
    from search.region_history import region_history, step_back

    version, review = step_back(database, study, config) or (None, None)
    found = region_history(database, study, config)
    if review is None:
        lines = ["there is no earlier region to go back to"]
    else:
        lines = [f"written as version {version}; workers follow it from their next draft:", *_changes(review)]
    return {**_now(found), "undone": _row(version, review)}, [_standing(study, found), *lines]


def _history(database: "Database", study: "Study", config: "StudyConfig") -> tuple[dict[str, Any], list[str]]:
    from search.region_history import region_history

    found = region_history(database, study, config)
    lines = [_standing(study, found)]
    for version, review in found.reviews:
        if review.changes:
            who = ", by a person" if review.by == "person" else ""
            lines += [f"version {version}, after {_trials(review.trials)}{who}:", *_changes(review)]
    lines += _idle([(version, review.trials) for version, review in found.reviews if not review.changes])
    if not found.reviews:
        lines.append("nobody has looked at it yet")
    return {**_now(found), "history": [_row(*look) for look in found.reviews]}, lines


def _now(found: "RegionHistory") -> dict[str, Any]:
    return {"trials": found.trials, "region": found.current.dump()}


def _row(version: int | None, review: "Review | None") -> dict[str, Any] | None:
    from analysis.plain import plain
    from analysis.report.regions import region_row

    return None if review is None else plain(region_row(version, review))


def _standing(study: "Study", found: "RegionHistory") -> str:
    from analysis.regions.words import region_told

    return f"{study.name}, {_trials(found.trials)} finished, draws from: {region_told(found.current)}"


def _unsupported(study: "Study", found: "RegionHistory", review: "Review | None") -> list[str]:
    """Why nothing is cut: what was proposed and not confirmed, or too little to propose anything."""
    if not found.trials:
        return [f"nothing can be said of it yet; train some with: ecgscale launch {quoted(study.name)}"]
    if review is not None and review.changes:
        return ["no cut is supported; the strongest was not confirmed:", *_changes(review)]
    nearest = f"; the nearest is {review.nearest}" if review is not None and review.nearest else ""
    return [f"no cut is supported yet{nearest}"]


def _changes(review: "Review") -> list[str]:
    from analysis.regions.words import evidence_told, told

    lines = []
    for change in review.changes:
        lines.append(f"- {told(change)}")
        lines += [] if change.evidence is None else [f"    {line}" for line in evidence_told(change.evidence)]
    return lines


def _idle(looks: list[tuple[int, int]]) -> list[str]:
    from analysis.words import counted, listed

    if not looks:
        return []
    when = listed([f"{trials:,} (version {version})" for version, trials in looks])
    return [f"besides, {counted(len(looks), 'look')} changed nothing: after {when} trials"]


def _trials(n: int) -> str:
    from analysis.words import counted

    return counted(n, "trial")
