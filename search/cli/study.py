"""`ecgscale study`: create, list, look."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.training.recipe import Scoring
from search.cli.options import (
    AsJson,
    BatchSize,
    Crop,
    Epochs,
    Plugin,
    PrecisionName,
    ScoringName,
    Storage,
    StudyName,
    quoted,
)

if TYPE_CHECKING:
    from search.space import DesignSpace
    from storage.studies import Progress, Study

app = typer.Typer(help="Create studies and see how far they are.", no_args_is_help=True)


@app.command()
def create(
    name: StudyName,
    store: Annotated[Path, typer.Option(help="Record store to train on.")],
    trials: Annotated[int, typer.Option(min=1, max=1_000_000, help="Complete and pruned trials at the end.")],
    family: Annotated[
        list[str] | None,
        typer.Option(
            help="Search the default space of this family (resnet, convnext, regnet, ...); repeat it for several."
        ),
    ] = None,
    space: Annotated[Path | None, typer.Option(help="Search this design space (YAML) instead.")] = None,
    max_flops: Annotated[
        float | None, typer.Option(min=1.0, help="Budget: FLOPs of one forward pass on one record.")
    ] = None,
    epochs: Epochs = 20,
    batch_size: BatchSize = None,
    precision: PrecisionName = None,
    crop: Crop = None,
    scoring: ScoringName = Scoring.WHOLE,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same drafts and trainings.")] = 0,
    storage: Storage = None,
    plugin: Plugin = None,
) -> None:
    """Create a study over a record store and a design space.

    Batch size and precision that are not given are those with which a short probe trains fastest on this machine.

    Example: ecgscale study create first --store store --family resnet --family convnext --trials 40
    """
    from search.creation import create_study
    from search.settings import WantedTraining
    from storage.database import open_database

    chosen = _space(family, space).within(max_flops)
    database = open_database(storage)
    wanted = WantedTraining(epochs=epochs, batch_size=batch_size, precision=precision, crop=crop, scoring=scoring)
    made = create_study(database, name, store=store, space=chosen, trials=trials, training=wanted, seed=seed)
    settings = made.config["training"]
    print(f"study {made.name} in {database.shown}: {trials} trials of {', '.join(chosen.families)}")
    print(
        f"batches of {settings['batch_size']} in {settings['precision']}{'' if wanted.is_complete else ', probed here'}"
    )
    print(f"start it with: ecgscale launch {quoted(made.name)} --workers 2")


@app.command("list")
def list_all(storage: Storage = None, as_json: AsJson = False) -> None:
    """List all studies.

    Example: ecgscale study list
    """
    import json

    from storage.database import open_database
    from storage.studies import list_studies, progress

    database = open_database(storage)
    rows = [
        {"name": found.name, "complete": progress(database, found).counted, "trials": found.trials}
        for found in list_studies(database)
    ]
    if as_json:
        print(json.dumps(rows))
    elif not rows:
        print(f"no studies in {database.shown}")
    for row in [] if as_json else rows:
        print(f"{row['name']}: {row['complete']} of {row['trials']} trials")


@app.command()
def status(name: StudyName, storage: Storage = None, as_json: AsJson = False) -> None:
    """Show how far a study is: trials, workers, dropped drafts.

    Example: ecgscale study status first
    """
    import json

    from storage.database import open_database
    from storage.studies import find_study, progress

    database = open_database(storage)
    study = find_study(database, name)
    state = progress(database, study)
    if as_json:
        print(json.dumps(_status_data(study, state)))
    else:
        _print_status(study, state, database.shown)


def _space(family: list[str] | None, space: Path | None) -> "DesignSpace":
    from search.errors import SpaceError
    from search.space import default_space, read_space

    if bool(family) == bool(space):
        given = "both" if family else "neither"
        raise SpaceError(f"name the design space by --family (repeat it for several) or by --space, but {given} given")
    return read_space(space) if space else default_space(family or [])


def _status_data(study: "Study", state: "Progress") -> dict[str, object]:
    return {
        "name": study.name,
        "trials": study.trials,
        "states": state.states,
        "best_balanced_accuracy": state.best,
        "workers": {"active": state.active, "finished": state.finished_by},
        "drafts": state.drafts,
        "ended": state.ended,
    }


def _print_status(study: "Study", state: "Progress", where: str) -> None:
    def listed(counts: dict[str, int]) -> str:
        return ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(counts.items())) or "none"

    print(f"{study.name} in {where}: {state.counted} of {study.trials} trials")
    print(f"  trials            {listed(state.states)}")
    print(f"  best              {'none yet' if state.best is None else f'balanced accuracy {state.best:.3f}'}")
    print(f"  workers now       {listed(state.active)}")
    print(f"  complete, by      {listed(state.finished_by)}")
    print(f"  drafts dropped    {listed(state.drafts)}")
    if state.ended:
        print(f"  ended early       {state.ended}")
