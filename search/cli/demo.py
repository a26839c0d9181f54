"""`ecgscale demo`: the whole story on a synthetic corpus, with the steps a user takes on their own data."""

import shutil
import time
from pathlib import Path
from typing import Annotated

import typer

from search.cli.bars import Bar
from search.cli.live import live_view
from search.cli.options import Storage
from search.errors import ConfigError

RECORDS = 1000
TRIALS = 40
EPOCHS = 10
MAX_FLOPS = 4e7
_MARK = ".ecgscale-demo"
_WORKERS = 2


def demo(
    out: Annotated[Path, typer.Option(help="Folder for the corpus, the store and the report.")] = Path("demo"),
    storage: Storage = None,
) -> None:
    """Walk through the whole product on synthetic ECGs: store, study, two workers, report.

    An earlier demo in the same folder is replaced.

    Example: ecgscale demo --out demo
    """
    from ecg.preparation import prepare
    from ecg.signal import Preprocessing
    from ecg.synthetic import write_corpus
    from search.creation import create_study
    from search.launch.job import Job
    from search.launch.local.backend import Local
    from search.reporting import report_studies
    from search.settings import WantedTraining
    from search.space import default_space
    from storage.database import open_database
    from storage.studies import Terms

    _make_room(out)
    with Bar("1 Synthetic ECGs") as bar:
        write_corpus(out / "corpus", RECORDS, progress=bar.update)
    with Bar("2 Record store") as bar:
        prepare(out / "corpus", out / "store", Preprocessing(), progress=bar.update)
    with Bar("3 Study") as bar:
        database = open_database(storage)
        name = f"demo-{time.strftime('%Y%m%d-%H%M%S')}"
        space = default_space(["resnet", "convnext"]).within(max_flops=MAX_FLOPS)
        study = create_study(
            database,
            name,
            store=out / "store",
            space=space,
            terms=Terms(TRIALS),
            training=WantedTraining(epochs=EPOCHS),
        )
        bar.update(1, 1)
    with live_view("4 Trials, two workers", EPOCHS) as view:
        Local().start(Job(database, study, _WORKERS), view)
    with Bar("5 Pareto report") as bar:
        made, files = report_studies(database, [study], out / "report")
        bar.update(1, 1)
    print("\nWhat it found:")
    for finding in made["findings"][:3]:
        print(f"- {finding}")
    print(f"\nThe report: {files.page}")
    print("Look around: ecgscale dashboard")


def _make_room(out: Path) -> None:
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise ConfigError(f"{out} holds something that is no earlier demo; choose another --out")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()
