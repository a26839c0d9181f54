"""`ecgscale data`: make corpora and record stores."""

from pathlib import Path
from typing import Annotated

import typer

from search.cli.bars import Bar
from search.cli.options import AsJson

app = typer.Typer(help="Make a synthetic corpus, or prepare a corpus for training.", no_args_is_help=True)


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
    from ecg.synthetic_corpus import write_corpus

    with Bar("Synthetic ECGs") as bar:
        write_corpus(out, records, seconds=seconds, seed=seed, progress=bar.update)
    print(f"{records} records in {out}")


@app.command()
def prepare(
    src: Annotated[Path, typer.Argument(help="Folder with the records: challenge 2021 layout, or PTB-XL.")],
    out: Annotated[Path, typer.Option(help="Record store to write; it must not exist.")],
    rate: Annotated[float, typer.Option(min=95.0, max=1000.0, help="Sampling rate of the store in Hz.")] = 100.0,
    seconds: Annotated[float, typer.Option(min=1.0, max=60.0, help="Length of a window in seconds.")] = 10.0,
    as_json: AsJson = False,
) -> None:
    """Read, filter, resample and normalise a corpus into a record store.

    A record that cannot be used is listed with its reason in the store's rejected.csv; the others go on.

    Example: ecgscale data prepare corpus --out store
    """
    import json

    from ecg.prepare import prepare as prepare_store
    from ecg.signal import Preprocessing

    with Bar("Record store") as bar:
        done = prepare_store(src, out, Preprocessing(rate, seconds), progress=bar.update)
    if as_json:
        print(json.dumps(done.as_dict()))
        return
    sources = ", ".join(f"{name} {count}" for name, count in done.sources.items())
    print(f"{out}: {done.accepted} records accepted ({sources}) in {done.seconds:.1f} s")
    print(f"flagged {done.flagged}, duplicates {done.duplicates}, rejected {done.rejected}", end="")
    print(f": see {out / 'rejected.csv'}" if done.rejected else "")
