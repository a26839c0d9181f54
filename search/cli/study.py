"""`ecgscale study`: create, list, look."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.training.recipe import Scoring
from search.cli import care
from search.cli.options import (
    EPOCHS_HELP,
    SCORING_HELP,
    AsJson,
    BatchSize,
    Crop,
    Narrow,
    Plugin,
    PrecisionName,
    Storage,
    StudyName,
    parse_narrow,
    quoted,
)
from search.samplers import UNIFORM, Sampler

if TYPE_CHECKING:
    from search.plan import StudyPlan
    from storage.database import Database
    from storage.progress import Progress
    from storage.regions import Newest
    from storage.studies import Study

app = typer.Typer(help="Create studies, see how far they are, and look after them.", no_args_is_help=True)
_LONGEST_REASON = 160


@app.command()
def create(
    name: StudyName,
    store: Annotated[Path, typer.Option(help="Record store to train on.")],
    trials: Annotated[
        int | None,
        typer.Option(
            min=1, max=1_000_000, help="Complete and stopped trials at the end; only a recipe brings its own number."
        ),
    ] = None,
    family: Annotated[
        list[str] | None,
        typer.Option(
            help="Search the default space of this family (resnet, convnext, regnet, ...); repeat it for several."
        ),
    ] = None,
    space: Annotated[Path | None, typer.Option(help="Search this design space (YAML) instead.")] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Repeat a source work's own experiment instead: dck, regnet or ecoscale, see docs/recipes.md; other "
            "options replace its settings.",
            show_default=False,
        ),
    ] = None,
    sampler: Annotated[
        Sampler | None,
        typer.Option(help="Who proposes what is tried next; docs/sampling.md compares them.", show_default="default"),
    ] = None,
    max_flops: Annotated[
        float | None, typer.Option(help="Budget: FLOPs of one forward pass on one record.", show_default=False)
    ] = None,
    max_params: Annotated[float | None, typer.Option(help="Budget: learnable parameters.", show_default=False)] = None,
    max_memory: Annotated[
        str | None,
        typer.Option(help="Budget: memory of a training step, as 8GB.", metavar="SIZE", show_default=False),
    ] = None,
    receptive_field: Annotated[
        str | None,
        typer.Option(
            help="Budget: samples of a record that one feature may depend on, from A to B.",
            metavar="A:B",
            show_default=False,
        ),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help=EPOCHS_HELP, show_default="20")] = None,
    batch_size: BatchSize = None,
    precision: PrecisionName = None,
    crop: Crop = None,
    scoring: Annotated[Scoring | None, typer.Option(help=SCORING_HELP, show_default="whole")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same draws and trainings.")] = 0,
    early_stopping: Annotated[
        bool | None,
        typer.Option(
            "--early-stopping/--no-early-stopping",
            help="Stop trials that after a few epochs cannot reach the front any more.",
            show_default="early-stopping",
        ),
    ] = None,
    narrow: Narrow = None,
    artifacts: Annotated[
        str | None,
        typer.Option(
            help="Where checkpoints and networks are kept: a folder that all machines see, or s3://BUCKET/PREFIX; "
            "default: on the machine that trains.",
            metavar="PLACE",
            show_default=False,
        ),
    ] = None,
    if_absent: Annotated[
        bool, typer.Option("--if-absent", help="Leave a study of that name over the same store as it is.")
    ] = False,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Create a study over a record store and a design space.

    Batch size and precision that are not given are those with which a short probe trains fastest on this machine.

    Example: ecgscale study create first --store store --family resnet --family convnext --trials 40
    """
    from search.cli.planning import base_plan, wanted_trials
    from search.creation import create_study
    from search.places import usable_place
    from storage.database import open_database
    from storage.errors import StudyError
    from storage.studies import Terms, has_study

    limits = {
        "max_flops": max_flops,
        "max_params": max_params,
        "max_memory": max_memory,
        "receptive_field": receptive_field,
    }
    training = {"epochs": epochs, "batch_size": batch_size, "precision": precision, "crop": crop, "scoring": scoring}
    search = {"sampler": sampler, "seed": seed, "early_stopping": early_stopping, "narrow": parse_narrow(narrow)}
    plan = base_plan(family, space, recipe).but(trials=trials, limits=limits, training=training, search=search)
    terms = Terms(wanted_trials(plan), artifacts=None if artifacts is None else usable_place(artifacts))
    database = open_database(storage)
    if if_absent and has_study(database, name):
        _leave(database, name, store)
        return
    try:
        made = create_study(
            database, name, store=store, space=plan.space, terms=terms, training=plan.training, search=plan.search
        )
    except StudyError:
        if not if_absent:
            raise
        _leave(database, name, store)  # somebody else made it meanwhile
        return
    _print_created(made, plan, database.shown)


def _print_created(made: "Study", plan: "StudyPlan", where: str) -> None:
    """What was made, and how to go on."""
    from search.cli.planning import recipe_lines

    settings = made.config["training"]
    probed = "" if plan.training.is_complete else ", probed here"
    print(f"study {made.name} in {where}: {made.trials} trials of {', '.join(plan.space.families)}")
    for line in recipe_lines(made):
        print(line)
    print(f"batches of {settings['batch_size']} in {settings['precision']}{probed}")
    if made.terms.artifacts:
        print(f"checkpoints and networks go to {made.terms.artifacts}")
    print(f"start it with: ecgscale launch {quoted(made.name)} --workers 2")


def _leave(database: "Database", name: str, store: Path) -> None:
    """Say that a study is there already, and what it is.

    Raises:
        StoreError, ConfigError: `store` is not its record store, so that it cannot be the study that was meant.
    """
    from search.config import StudyConfig
    from storage.studies import find_study

    found = find_study(database, name)
    config = StudyConfig.load(found.config)
    config.store.open(store)
    families = ", ".join(config.space.families)
    print(f"study {found.name} is in {database.shown} already and stays as it is: {found.trials} trials of {families}")


@app.command("list")
def list_all(storage: Storage = None, as_json: AsJson = False) -> None:
    """List all studies.

    Example: ecgscale study list
    """
    import json

    from storage.database import open_database
    from storage.progress import progress
    from storage.studies import list_studies

    database = open_database(storage)
    rows = []
    for found in list_studies(database):
        state = progress(database, found)
        rows.append(
            {
                "name": found.name,
                "complete": state.counted,
                "trials": state.trials,
                "running": len(state.running),
                "paused": state.paused,
                "ended": state.ended,
            }
        )
    if as_json:
        print(json.dumps(rows))
    elif not rows:
        print(f"no studies in {database.shown}")
    for row in [] if as_json else rows:
        running = f", {row['running']} running" if row["running"] else ""
        paused = ", paused" if row["paused"] else ""
        ended = ", ended early" if row["ended"] else ""
        print(f"{row['name']}: {row['complete']} of {row['trials']} trials{running}{paused}{ended}")


@app.command()
def status(name: StudyName, storage: Storage = None, as_json: AsJson = False) -> None:
    """Show how far a study is: trials, workers, speed, dropped drafts, and what was spent in vain.

    Trials of workers that died are set free by looking.

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
    reap(database, study)
    state, region = progress(database, study), newest_region(database, study)
    if as_json:
        print(json.dumps(_status_data(study, state, region)))
    else:
        _print_status(study, state, region, database.shown)


for command in (care.pause, care.resume, care.exclude, care.export):
    app.command()(command)
app.command("import")(care.import_)


def _status_data(study: "Study", state: "Progress", region: "Newest") -> dict[str, object]:
    from dataclasses import asdict

    told = asdict(state)
    return {
        "name": study.name,
        "trials": state.trials,
        "states": state.states,
        "best_balanced_accuracy": state.best,
        "workers": {"running": told["running"], "finished": state.finished_by},
        "trials_per_hour": state.per_hour,
        "drafts": state.drafts,
        "samplers": told["samplers"],
        "wasted_seconds": state.wasted,
        "stopped": told["stopped"],
        "failures": told["failures"],
        "paused": state.paused,
        "ended": state.ended,
        "region": None if region.review is None else {"version": region.version, **region.review},
    }


def _print_status(study: "Study", state: "Progress", region: "Newest", where: str) -> None:
    def listed(counts: dict[str, int]) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(counts.items())) or "none"

    print(f"{study.name} in {where}: {state.counted} of {state.trials} trials{', paused' if state.paused else ''}")
    print(f"  search            {_search(study)}")
    print(f"  region            {_region(region)}")
    print(f"  trials            {listed(_in_words(state.states))}")
    print(f"  best              {'none yet' if state.best is None else f'balanced accuracy {state.best:.3f}'}")
    print(f"  workers now       {len(state.running) or 'none'}")
    for one in state.running:
        epoch = "before its first epoch's end" if one.epoch is None else f"{_epochs(one.epoch)} done"
        score = "" if one.score is None else f", balanced accuracy {one.score:.3f}"
        again = "" if one.attempt == 1 else f", attempt {one.attempt}"
        print(f"    {one.worker}: trial {one.trial}{again}, {epoch}{score}, heard of {one.renewed_ago:.0f} s ago")
    print(f"  speed             {_speed(state)}")
    print(f"  finished, by      {listed(state.finished_by)}")
    print(f"  drawn by          {_drawn_by(state) or 'nobody yet'}")
    print(f"  drafts dropped    {_dropped(state) or 'none'}")
    spent = ", ".join(f"{cause} {_duration(seconds)}" for cause, seconds in state.wasted.items() if seconds >= 1)
    print(f"  spent in vain     {spent or 'nothing'}")
    for stopped in state.stopped:
        print(f"  trial {stopped.trial} stopped after {_epochs(stopped.epoch)}: {_short(stopped.reason)}")
    for failure in state.failures:
        print(f"  trial {failure.trial} failed: {_short(failure.reason)}")
    if state.ended:
        print(f"  ended early       {state.ended}")
    if state.paused:
        print(f"go on with: ecgscale study resume {quoted(study.name)}")
    if state.stopped:
        command = f"ecgscale study resume {quoted(study.name)} --continue {state.stopped[-1].trial}"
        print(f"go on with a stopped trial: {command}")


def _search(study: "Study") -> str:
    """What the study was told of its search."""
    from search.budget import limits
    from search.config import StudyConfig

    config = StudyConfig.load(study.config)
    budget = limits(config.space.budget)
    return ", ".join(
        [
            *([f"recipe {config.recipe}"] if config.recipe else []),
            f"sampler {config.sampler}",
            *([budget] if budget else []),
            _epochs(config.training.epochs),
            f"early stopping {'on' if config.early_stopping else 'off'}",
            *([f"narrowing every {config.narrow}"] if config.narrow else []),
        ]
    )


def _region(newest: "Newest") -> str:
    """Within which part of the space is drawn now."""
    if newest.review is None:
        return "the whole space"
    narrowed = len(newest.review["region"])
    part = f"{narrowed} parameter{'' if narrowed == 1 else 's'} narrowed" if narrowed else "the whole space"
    return f"{part}, version {newest.version}, after {newest.review['trials']} trials"


def _epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"


def _drawn_by(state: "Progress") -> str:
    """Trials by who proposed them, and the share that was drawn uniformly because a sampler had nothing new."""
    by_name = ", ".join(f"{name} {one.trials}" for name, one in state.samplers.items())
    asked = [one for name, one in state.samplers.items() if name not in (UNIFORM, Sampler.RANDOM)]
    trials, fallbacks = sum(one.trials for one in asked), sum(one.fallbacks for one in asked)
    return f"{by_name}; without a new idea, so uniformly: {fallbacks} of {trials}" if trials else by_name


def _dropped(state: "Progress") -> str:
    dropped = {reason: count for reason, count in state.drafts.items() if reason != "uniform_fallback"}
    drawn = sum(state.states.values()) + sum(dropped.values())
    told = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in sorted(dropped.items()))
    return f"{told}, of {drawn} drawn" if told else ""


def _speed(state: "Progress") -> str:
    if not state.per_hour:
        return "nothing finished in the last hour"
    left = state.trials - state.counted
    if not left or not state.running:
        return f"{state.per_hour:.0f} trials per hour"
    rest = _duration(left / state.per_hour * 3600)
    return f"{state.per_hour:.0f} trials per hour; the remaining {left} in about {rest}"


def _in_words(states: dict[str, int]) -> dict[str, int]:
    """Counts under the words that people read: what Optuna calls pruned was stopped."""
    return {"stopped" if state == "pruned" else state: count for state, count in states.items()}


def _duration(seconds: float) -> str:
    for unit, length in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 3]}..."
