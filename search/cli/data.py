"""`ecgscale data`: make corpora and record stores, and look into stores."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from search.cli import completion
from search.cli.bars import Bar, stages
from search.cli.options import AsJson

if TYPE_CHECKING:
    from ecg.inspection import Inspection
    from ecg.preparation import Prepared

app = typer.Typer(
    help="Make a synthetic corpus, prepare a corpus for training, look into what was prepared.", no_args_is_help=True
)
_MOST_SHOWN = 8


@app.command()
def synth(
    out: Annotated[Path, typer.Option(help="Folder to write; it must not exist.")],
    records: Annotated[int, typer.Option(min=1, help="How many ECGs.")] = 1000,
    seconds: Annotated[float, typer.Option(min=1.0, max=3600.0, help="Length of each in seconds.")] = 10.0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same corpus.")] = 0,
) -> None:
    """Write synthetic 12-lead ECGs as WFDB files with labels, as the 2021 challenge lays them out.

    Example: ecgscale data synth --out corpus --records 200
    """
    from ecg.synthetic import write_corpus

    with Bar("Synthetic ECGs") as bar:
        write_corpus(out, records, seconds=seconds, seed=seed, progress=bar.update)
    print(f"{records} records in {out}")


@app.command()
def prepare(
    src: Annotated[Path, typer.Argument(help="Folder with the records.")],
    out: Annotated[Path, typer.Option(help="Record store to write; it must not exist.")],
    rate: Annotated[float, typer.Option(min=95.0, max=1000.0, help="Sampling rate of the store in Hz.")] = 100.0,
    seconds: Annotated[float, typer.Option(min=1.0, max=60.0, help="Length of a window in seconds.")] = 10.0,
    source: Annotated[
        str | None,
        typer.Option(
            help="Layout of the folder: ptbxl, code15, tianchi, wfdb or challenge; default: what it looks like.",
            autocompletion=completion.sources,
            show_default=False,
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="PTB-XL: superclasses, subclasses or statements; there and for wfdb also a column of the table.",
            show_default=False,
        ),
    ] = None,
    leave_out: Annotated[
        str | None,
        typer.Option(help="A source to hold back whole as fold 10, to test on.", metavar="SOURCE", show_default=False),
    ] = None,
    keep_duplicates: Annotated[
        bool, typer.Option("--keep-duplicates", help="Keep the copies that would be left out.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read, filter, resample and normalise a corpus into a record store.

    A record that cannot be used is listed with its reason in the store's rejected.csv; the others go on. After an
    interruption the same command goes on where it stopped.

    Example: ecgscale data prepare corpus --out store
    """
    from ecg.preparation import Choices
    from ecg.preparation import prepare as prepare_store
    from ecg.preparation.journal import working_folder
    from ecg.signal import Preprocessing

    choices = Choices(source, labels, keep_duplicates, leave_out)
    try:
        with Bar("Record store") as bar:
            done = prepare_store(src, out, Preprocessing(rate, seconds), choices, progress=bar.update)
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(f"the same command goes on from {working_folder(out)}") from interrupt
    print(json.dumps(done.as_dict()) if as_json else _told(done, out))


@app.command()
def inspect(
    store: Annotated[Path, typer.Argument(help="Record store to look into.")],
    picture: Annotated[
        Path | None,
        typer.Option(help="PNG to draw example traces to; default: STORE.png beside the store.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a record store holds: sources, labels per fold, flags, rejections; and example traces as a picture.

    Example: ecgscale data inspect store
    """
    from ecg.errors import StoreError
    from ecg.inspection import inspect_store
    from ecg.inspection.picture import draw_examples
    from ecg.store import RecordStore

    opened = RecordStore.open(store)
    with stages() as say:
        say(f"reading {store}")
        seen = inspect_store(opened)
    picture = picture or store.resolve().with_name(f"{store.resolve().name}.png")
    if as_json:
        print(json.dumps(seen.as_dict() | {"picture": str(picture)}), flush=True)
    else:
        _show(seen)
        print(f"example traces: {picture}", flush=True)
    try:
        with stages() as say:
            say("example traces")
            draw_examples(opened, picture)
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot draw to {picture}: {error}; name a .png file in a folder that exists") from error


def _told(done: "Prepared", out: Path) -> str:
    sources = ", ".join(f"{name} {count}" for name, count in done.sources.items())
    lines = [
        f"{out}: layout {done.layout}; {done.accepted} records accepted ({sources}) in {done.seconds:.1f} s",
        f"flagged {done.flagged}, duplicates {done.duplicates}, rejected {done.rejected}"
        + (f": see {out / 'rejected.csv'}" if done.rejected else ""),
    ]
    if done.resumed:
        lines.append(f"{done.resumed} records had been read by an earlier run")
    lines += [
        f"III = II - I: {said['breaches']} of {done.sources[source]} records of {source} are off by more than 0.1 mV"
        for source, said in done.einthoven.items()
        if said["breaches"]
    ]
    if done.unlabelled == done.accepted:
        lines.append(
            "NO RECORD HAS A LABEL: nothing can be learned from this store; do the headers hold `#Dx:` codes, or does "
            "a table beside the records have a column `record`?"
        )
    elif done.unlabelled:
        lines.append(f"records without a label of the vocabulary: {done.unlabelled}")
    if done.unscored:
        lines.append(f"codes outside the vocabulary, kept but not scored: {_shortened(done.unscored)}")
    return "\n".join([*lines, f"look into it: ecgscale data inspect {out}"])


def _show(seen: "Inspection") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    console.print(
        f"{seen.path}: {seen.records} records, {seen.windows} windows of {seen.seconds:g} s at {seen.rate:g} Hz, "
        f"layout {seen.layout}, labels {seen.vocabulary}",
        markup=False,
        soft_wrap=True,
    )
    sources = Table("source", "records", "III-(II-I), median", "off by > 0.1 mV", box=None, title_justify="left")
    for name, said in seen.sources.items():
        sources.add_row(name, f"{said['records']}", f"{said['median_mv'] * 1000:.3g} uV", f"{said['breaches']}")
    labels = Table("label", "group", "positive", *(f"{fold}" for fold in range(1, 11)), box=None)
    for column in labels.columns[2:]:
        column.justify = "right"
    labels.add_row("(windows)", "", f"{seen.windows}", *map(str, seen.folds), style="dim")
    for label in seen.labels:
        folds = (str(count) if count else "-" for count in label["folds"])
        labels.add_row(label["label"], label["group"], f"{label['positive']}", *folds)
    console.print(sources)
    console.print("\nlabels per fold (8 to train, 9 to score, 10 to test)")
    console.print(labels)
    print(f"\nflags (records): {_shortened(seen.flags) or 'none'}")
    print(f"copies kept: {seen.duplicates}")
    if seen.unscored:
        print(f"codes outside the vocabulary (records): {_shortened(seen.unscored)}")
    print(f"rejected: {seen.rejected}")
    for count, example in list(seen.reasons.values())[:_MOST_SHOWN]:
        print(f"  {count} like {example}")


def _shortened(counts: dict[str, int]) -> str:
    shown = [f"{name} {count}" for name, count in list(counts.items())[:_MOST_SHOWN]]
    rest = len(counts) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest > 0 else "")
