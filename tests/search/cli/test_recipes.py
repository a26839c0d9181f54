import uuid

import pytest

from search.config import StudyConfig
from storage.studies import find_study

SMALL = ("--precision", "fp32", "--max-flops", "2e7")


@pytest.fixture
def create(command, store):
    """Creates a study by the command line; what it printed and the study's name, or its error."""

    def run(*options, code=0):
        name = f"recipe-{uuid.uuid4().hex[:8]}"
        return command("study", "create", name, "--store", store.path, *options, code=code), name

    return run


def test_a_study_of_a_recipe_is_the_recipe_s(create, command, database):
    told, name = create("--recipe", "dck", *SMALL)
    made = find_study(database, name)
    config = StudyConfig.load(made.config)
    assert (made.trials, config.recipe, config.runs, list(config.arms)) == (300, "dck", 3, ["wide", "narrowed"])
    assert (config.training.epochs, config.training.batch_size, config.early_stopping) == (20, 32, False)
    assert "arXiv 2308.12492" in told
    assert "wide and narrowed in turn, 3 runs of each" in told
    assert "recipe dck, sampler random, --max-flops 2e+07" in command("study", "status", name)


def test_options_replace_its_settings(create, database):
    told, name = create("--recipe", "regnet", "--trials", 5, "--epochs", 1, "--crop", 2, "--seed", 4, *SMALL)
    made = find_study(database, name)
    config = StudyConfig.load(made.config)
    assert (made.trials, config.training.epochs, config.training.crop, config.seed) == (5, 1, 200, 4)
    assert config.space.budget.max_flops == 2e7
    assert "note: the source's records have 500 Hz, not 100 Hz" in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--recipe", "pancake"), "pancake is no known recipe; choose one of dck, ecoscale, regnet"),
        (("--recipe", "dck", "--family", "resnet"), "but --family and --recipe given"),
        (("--recipe", "dck", "--space", "mine.yaml"), "but --space and --recipe given"),
        (("--recipe", "dck", "--narrow", "every=25"), "no narrowing"),
        (("--family", "resnet"), "say how many trials the study gets by --trials N"),
        (("--trials", 3), "by --space or by --recipe, but none given"),
    ],
)
def test_what_contradicts_itself_ends_with_one_sentence(create, options, told):
    error, _ = create(*options, code=2)
    assert told in error
    assert len(error.strip().splitlines()) == 1


def test_without_a_recipe_nothing_is_said_of_one(create, database):
    told, name = create("--family", "resnet", "--trials", 2, "--batch-size", 32, *SMALL)
    assert StudyConfig.load(find_study(database, name).config).recipe is None
    assert "experiment" not in told
