"""Narrowing as `study create` and `study status` tell of it."""

import json
import uuid

import pytest

from analysis.regions import Region, Review, SubRange
from storage.regions import add_region
from storage.studies import find_study


@pytest.fixture
def create(store):
    tiny = ["--family", "resnet", "--max-flops", 5e6, "--batch-size", 8, "--precision", "fp32", "--trials", 30]
    return ["study", "create", "--store", store.path, *tiny]


def test_a_study_narrows_as_it_was_told(command, create, database):
    name = f"test-{uuid.uuid4().hex[:8]}"
    command(*create, name, "--narrow", "every=25")
    assert find_study(database, name).config["narrow"] == 25
    told = command("study", "status", name)
    assert "early stopping on, narrowing every 25" in told
    assert "region            the whole space\n" in told


@pytest.mark.parametrize("given", ["25", "every=4", "every=-5", "every=", "every=2.5", "each=25", ""])
def test_how_often_to_narrow_is_said_in_one_form(command, create, given):
    error = command(*create, "never-made", "--narrow", given, code=2)
    assert f"every=N finished trials, N from 5 on, for instance every=25, but got {given!r}" in error


def test_the_region_in_force_is_told(command, study, database):
    region = Region({"train.lr": SubRange(0.002, 0.004)})
    add_region(database, study, 1, Review(25, "search", region).dump())
    assert "region            1 parameter narrowed, version 1, after 25 trials\n" in command(
        "study", "status", study.name
    )
    told = json.loads(command("study", "status", study.name, "--json"))["region"]
    assert (told["version"], told["trials"], told["region"]) == (1, 25, region.dump())
    add_region(database, study, 2, Review(50, "search", Region()).dump())
    assert "region            the whole space, version 2, after 50 trials\n" in command("study", "status", study.name)
