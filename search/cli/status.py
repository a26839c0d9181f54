"""`ecgscale study status`: how far a study is, once or until it is done."""

from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import standing
from search.cli.options import AsJson, Storage, StudyName, quoted

if TYPE_CHECKING:
    from storage.progress import Progress
    from storage.regions import Newest
    from storage.studies import Study


def status(
    name: StudyName,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on showing it until the study is done or Ctrl-C; the study goes on.")
    ] = False,
    storage: Storage = None,
    as_json: AsJson = False,
) -> None:
    """Show how far a study is: trials, workers, speed, dropped drafts, and what was spent in vain.

    Trials of workers that died are set free by looking. With --watch a terminal shows workers, running trials and the
    front as they are; elsewhere a line is printed when something has changed, with --json as JSON.

    Example: ecgscale study status first
    """
    import json

    from storage.database import open_database
    from storage.leases import reap
    from storage.progress import progress
    from storage.regions import newest_region
    from storage.studies import find_study

    database = open_database(storage)
    study = find_study(database, name)
    if watch:
        from search.cli.watch import watch_study

        watch_study(database, study, as_json=as_json)
        return
    reap(database, study)
    state, region = progress(database, study), newest_region(database, study)
    print(json.dumps(status_data(study, state, region)) if as_json else told(study, state, region, database.shown))


def status_data(study: "Study", state: "Progress", region: "Newest") -> dict[str, object]:
    """A study's status for a machine."""
    from dataclasses import asdict

    data = asdict(state)
    return {
        "name": study.name,
        "trials": state.trials,
        "states": state.states,
        "best_balanced_accuracy": state.best,
        "workers": {"running": data["running"], "finished": state.finished_by},
        "trials_per_hour": state.per_hour,
        "drafts": state.drafts,
        "samplers": data["samplers"],
        "wasted_seconds": state.wasted,
        "stopped": data["stopped"],
        "failures": data["failures"],
        "paused": state.paused,
        "ended": state.ended,
        "region": None if region.review is None else {"version": region.version, **region.review},
    }


def told(study: "Study", state: "Progress", region: "Newest", where: str) -> str:
    """A study's status for people."""
    return "\n".join(
        [
            f"{study.name} in {where}: {state.counted} of {state.trials} trials{', paused' if state.paused else ''}",
            f"  search            {standing.told_settings(study)}",
            f"  region            {standing.told_region(region)}",
            f"  trials            {_listed(standing.states_in_words(state.states))}",
            f"  best              {'none yet' if state.best is None else f'balanced accuracy {state.best:.3f}'}",
            f"  workers now       {len(state.running) or 'none'}",
            *_workers(state),
            f"  speed             {standing.speed(state)}",
            f"  finished, by      {_listed(state.finished_by)}",
            f"  drawn by          {standing.drawn_by(state) or 'nobody yet'}",
            f"  drafts dropped    {standing.dropped_drafts(state) or 'none'}",
            f"  spent in vain     {standing.spent_in_vain(state)}",
            *(f"  {line}" for line in standing.last_lost(state)),
            *([f"  ended early       {state.ended}"] if state.ended else []),
            *_ways_on(study, state),
        ]
    )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(counts.items())) or "none"


def _workers(state: "Progress") -> list[str]:
    lines = []
    for one in state.running:
        epoch = "before its first epoch's end" if one.epoch is None else f"{standing.epochs(one.epoch)} done"
        score = "" if one.score is None else f", balanced accuracy {one.score:.3f}"
        again = "" if one.attempt == 1 else f", attempt {one.attempt}"
        heard = f"heard of {one.renewed_ago:.0f} s ago"
        lines.append(f"    {one.worker}: trial {one.trial}{again}, {epoch}{score}, {heard}")
    return lines


def _ways_on(study: "Study", state: "Progress") -> list[str]:
    """How one goes on from here."""
    resume = f"ecgscale study resume {quoted(study.name)}"
    return [
        *([f"go on with: {resume}"] if state.paused else []),
        *([f"go on with a stopped trial: {resume} --continue {state.stopped[-1].trial}"] if state.stopped else []),
    ]
