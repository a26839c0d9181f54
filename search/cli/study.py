"""`ecgscale study`: create, list, look."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.training.recipe import Scoring
from search.cli import care, completion, status
from search.cli.amounts import parse_amount
from search.cli.bars import stages
from search.cli.options import (
    EPOCHS_HELP,
    SCORING_HELP,
    AsJson,
    BatchSize,
    Crop,
    Narrow,
    NewName,
    Plugin,
    PrecisionName,
    Storage,
    parse_narrow,
    quoted,
)
from search.samplers import Sampler

if TYPE_CHECKING:
    from search.plan import StudyPlan
    from storage.database import Database
    from storage.studies import Study

app = typer.Typer(help="Create studies, see how far they are, and look after them.", no_args_is_help=True)
_LONGEST_REASON = 160


@app.command()
def create(
    name: NewName,
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
            help="Search the default space of this family (resnet, convnext, regnet, ...); repeat it for several.",
            autocompletion=completion.families,
        ),
    ] = None,
    space: Annotated[Path | None, typer.Option(help="Search this design space (YAML) instead.")] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Repeat a source work's own experiment instead: dck, regnet or ecoscale, see docs/recipes.md; other "
            "options replace its settings.",
            autocompletion=completion.recipes,
            show_default=False,
        ),
    ] = None,
    sampler: Annotated[
        Sampler | None,
        typer.Option(help="Who proposes what is tried next; docs/sampling.md compares them.", show_default="default"),
    ] = None,
    max_flops: Annotated[
        float | None,
        typer.Option(
            help="Budget: FLOPs of one forward pass on one record, as 20M or 2e7.",
            parser=parse_amount,
            metavar="FLOPS",
            show_default=False,
        ),
    ] = None,
    max_params: Annotated[
        float | None,
        typer.Option(
            help="Budget: learnable parameters, as 500K.", parser=parse_amount, metavar="COUNT", show_default=False
        ),
    ] = None,
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
        with stages() as say:
            say("the store and the space" if plan.training.is_complete else "which batch size trains fastest here")
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


for command in (status.status, care.pause, care.resume, care.exclude, care.export):
    app.command()(command)
app.command("import")(care.import_)
