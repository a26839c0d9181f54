"""The example at the end of every command's help, run as it stands."""

import re
import shlex

import numpy as np
import pytest

from ecg.labels import CHALLENGE
from ecg.synthetic import write_corpus
from models.training.recipe import Precision
from search.cli.app import app
from search.config import StudyConfig
from search.creation import create_study
from search.draft import make_draft
from search.sampling.strategy import Proposal
from search.settings import WantedTraining
from search.space import make_space
from storage.claims import Result
from storage.leases import claim, finish, stop_early
from storage.studies import Terms, find_study
from storage.transfer import export_study

ELSEWHERE = {
    "demo": "takes minutes; test_demo.py runs its steps on a small corpus",
    "launch": "starts processes; test_launch.py runs the same command",
    "dashboard": "serves until Ctrl-C; the tests of the dashboard start and end one",
}
MADE = {"data synth": "corpus", "data prepare": "store", "study export": "first.study.gz"}  # is not there before
FINISHED, TRIALS, STOPPED = 8, 9, 7
SPACE = {
    "families": {"resnet": {"stages": 2, "depth": 1, "width": [4, 8], "kernel": [3, 5]}},
    "train": {"lr": {"low": 0.001, "high": 0.01, "log": True}},
}


def _commands(typer_app, *above):
    for command in typer_app.registered_commands:
        yield " ".join((*above, command.name or command.callback.__name__)), command.callback.__doc__
    for group in typer_app.registered_groups:
        yield from _commands(group.typer_instance, *above, group.name)


HELP = dict(_commands(app))


def _example(name):
    """The command line at the end of a command's help."""
    return re.fullmatch(r"Example: (ecgscale .+)", HELP[name].strip().splitlines()[-1].strip())


@pytest.fixture(scope="module")
def place(store, database, tmp_path_factory):
    """A folder with what the examples name: records, a store, tables, outputs, a study in its file."""
    place = tmp_path_factory.mktemp("examples")
    write_corpus(place / "corpus", 30)
    (place / "store").symlink_to(store.path)
    _write_outputs(place / "corpus", place / "outputs")
    rng = np.random.default_rng(0)
    flops, depth = np.geomspace(1e6, 1e9, 30), rng.integers(2, 9, 30)
    error = 3 * flops**-0.2 * np.exp(rng.normal(0, 0.02, 30))
    _write_table(place / "runs.csv", flops=flops, error=error)
    _write_table(place / "trials.csv", depth=depth, top1=1 - error, gmacs=flops / 1e9)
    training = WantedTraining(epochs=1, batch_size=32, precision=Precision.FP32)
    space, terms = make_space(SPACE, source="the test's space"), Terms(TRIALS)
    study = create_study(database, "first", store=store.path, space=space, terms=terms, training=training)
    _let_trials_finish(database, study)
    export_study(database, study, place / "first.study.gz")
    _delete(database, "first")
    return place


def _write_outputs(corpus, outputs):
    """A classifier that is never sure."""
    outputs.mkdir()
    codes = [label.codes[0] for label in CHALLENGE.labels]
    for header in corpus.rglob("*.hea"):
        rows = [[f"#{header.stem}"], codes, ["0"] * len(codes), ["0.5"] * len(codes)]
        (outputs / f"{header.stem}.csv").write_text("\n".join(map(",".join, rows)) + "\n")


def _write_table(path, **columns):
    rows = zip(*columns.values(), strict=True)
    path.write_text("\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n")


def _let_trials_finish(database, study):
    config, rng = StudyConfig.load(study.config), np.random.default_rng(0)
    for number in range(FINISHED):
        draft = make_draft(config, config.space.draw(rng))
        got = claim(database, study, "w", draft.new_trial(config, Proposal(draft.params, "uniform"), {}))
        if number == STOPPED:
            stop_early(database, got, {"stopped_epoch": 1, "stopped_reason": "below the front"})
        else:
            finish(database, got, Result((0.5 + 0.01 * number, float(draft.complexity.flops)), {}))


def _delete(database, name):
    database.optuna_storage().delete_study(find_study(database, name).id)


@pytest.fixture
def first(place, database, command, monkeypatch, tmp_path):
    """The study `first`, seven of its nine trials complete and one stopped; one stands in a folder like `place`."""
    for path in place.iterdir():
        (tmp_path / path.name).symlink_to(path)
    monkeypatch.chdir(tmp_path)
    command("study", "import", "first.study.gz")
    yield tmp_path
    _delete(database, "first")


@pytest.mark.parametrize("name", HELP)
def test_every_command_ends_its_help_with_an_example_of_itself(command, name):
    line = _example(name)
    assert line, f"the docstring of {name} ends without an example"
    assert line[1].startswith(f"ecgscale {name}")
    assert " ".join(line[1].split()) in " ".join(command(*name.split(), "--help").split())


@pytest.mark.parametrize("name", sorted(HELP.keys() - ELSEWHERE.keys()))
def test_the_example_runs(command, database, first, name):
    if name in MADE:
        (first / MADE[name]).unlink()
    if name in ("study create", "study import"):
        _delete(database, "first")
    _, *arguments = shlex.split(_example(name)[1])
    assert command(*arguments, tells=True).strip()
