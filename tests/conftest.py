"""What tests share: a small synthetic store, databases of their own, the shared real data."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from postgres_server import PostgresServer, is_installed, postgres_server

from ecg.preparation import prepare
from ecg.signal import Preprocessing
from ecg.store import RecordStore
from ecg.synthetic import write_corpus
from models.training.recipe import Precision
from search.config import StudyConfig
from search.creation import create_study
from search.samplers import Sampler
from search.settings import SearchSettings, WantedTraining
from search.space import make_space
from storage.claims import NewTrial
from storage.database import Database, open_database
from storage.studies import Study, Terms

SHARED = Path(__file__).resolve().parents[2] / "shared"
_LONG = ("browser", "network", "ray", "server", "slurm")


def pytest_xdist_auto_num_workers() -> int:
    """One more than cores: some test always waits for a server."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files whose tests run servers and clusters, two others after each, the guides first among those.

    So none of the long ones is left for the end, and while it waits for its servers, the others compute.
    """
    files = dict.fromkeys(item.path for item in items)
    waiting = {item.path for item in items if any(item.get_closest_marker(name) for name in _LONG)}
    computing = iter(sorted(files.keys() - waiting, key=lambda path: (path.name != "test_docs.py", path)))
    order = [path for file in files if file in waiting for path in (file, *islice(computing, 2))]
    rank = {path: place for place, path in enumerate([*order, *computing])}
    items.sort(key=lambda item: rank[item.path])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The project's shared material: real records and published numbers."""
    if not SHARED.is_dir():
        pytest.skip("../shared with its real records and published numbers is absent")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def ecgscale_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Databases, checkpoints and logs of this test run alone."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ECGSCALE_HOME", str(home))
        patch.delenv("ECGSCALE_STORAGE", raising=False)
        patch.delenv("ECGSCALE_STORAGE_PASSWORD_FILE", raising=False)
        yield home


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 synthetic records as WFDB files."""
    out = tmp_path_factory.mktemp("synthetic") / "corpus"
    write_corpus(out, 120)
    return out


@pytest.fixture(scope="session")
def store(corpus: Path) -> RecordStore:
    """The record store of `corpus`."""
    path = corpus.parent / "store"
    prepare(corpus, path, Preprocessing())
    return RecordStore.open(path)


@pytest.fixture(scope="session")
def database() -> Database:
    """The embedded Postgres."""
    return open_database()


@pytest.fixture(scope="session")
def postgres15(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL 15 from the machine's own binaries, on a free loopback port, with a password."""
    if not is_installed():
        pytest.skip("the machine has no PostgreSQL 15 binaries (Debian: postgresql-15)")
    with postgres_server(tmp_path_factory.mktemp("postgres15") / "server") as server:
        yield server


TINY_SPACE = {
    "families": {
        "resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5, 7]},
        "convnext": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5]},
    },
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}},
}


@pytest.fixture
def one_epoch() -> WantedTraining:
    """Settings that need no probe of the machine."""
    return WantedTraining(epochs=1, batch_size=32, precision=Precision.FP32)


@pytest.fixture
def make_study(database: Database, store: RecordStore, one_epoch: WantedTraining) -> Callable[..., Study]:
    """Makes studies of one-epoch trials over tiny networks, each under a name of its own."""

    def make(
        *,
        trials: int = 3,
        space: object = TINY_SPACE,
        max_flops: float | None = None,
        lease: float = 60.0,
        sampler: Sampler = Sampler.DEFAULT,
        on: Database = database,
        **search: Any,
    ) -> Study:
        chosen = make_space(space, source="the test's space").within(max_flops=max_flops)
        name = f"test-{uuid.uuid4().hex[:8]}"
        return create_study(
            on,
            name,
            store=store.path,
            space=chosen,
            terms=Terms(trials, lease),
            training=one_epoch,
            search=SearchSettings(sampler, **search),
        )

    return make


@pytest.fixture
def study(make_study: Callable[..., Study]) -> Study:
    """A study of three one-epoch trials over tiny networks."""
    return make_study()


@pytest.fixture
def config(study: Study) -> StudyConfig:
    return StudyConfig.load(study.config)


def _draft(signature: str, **dropped: int) -> NewTrial:
    return NewTrial(
        params={
            "family": ("resnet", CategoricalDistribution(["convnext", "resnet"])),
            "resnet.width": (16, IntDistribution(8, 64, step=8)),
            "train.lr": (0.003, FloatDistribution(0.001, 0.01, log=True)),
        },
        attrs={"flops": 1000, "architecture": "abc"},
        signature=signature,
        dropped=dropped,
    )


@pytest.fixture(scope="session")
def draft() -> Callable[..., NewTrial]:
    """Makes drafts of three parameters, by their signatures."""
    return _draft


@pytest.fixture
def hasty(make_study: Callable[..., Study]) -> Study:
    """A study whose leases are over as soon as they are given."""
    return make_study(lease=0.001)


@pytest.fixture
def long_lease() -> Callable[[Study], Study]:
    """The study as seen by a worker that is sure to live on."""
    return lambda study: replace(study, terms=replace(study.terms, lease=1000.0))


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium, driven by Selenium; its console is kept."""
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("Chromium and its driver are not installed (Debian: chromium, chromium-driver)")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
        "--window-size=1280,2400",
    ):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    yield driver
    driver.quit()
