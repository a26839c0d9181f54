import pytest

from models import complexity
from search.config import StudyConfig
from search.errors import ConfigError

SMALL = {"stages": 2, "depth": 1, "width": [4, 8], "kernel": 3}


def test_a_family_that_no_budget_allows_is_refused_even_beside_others(make_study):
    """It would never be tried, and nobody would be told."""
    space = {"families": {"resnet": SMALL, "convnext": {**SMALL, "width": 256}}}
    with pytest.raises(ConfigError, match=r"networks of convnext .* nearest has \d+ FLOPs; .* or leave convnext out"):
        make_study(space=space, max_flops=1e6)


def test_why_nothing_can_be_made_of_a_family_is_said(make_study):
    with pytest.raises(ConfigError, match=r"no network of vit can be made .* because heads must divide the width"):
        make_study(space={"families": {"vit": {"heads": 3, "width": [32, 64]}}})


def test_a_study_remembers_a_network_of_each_family(make_study):
    config = StudyConfig.load(make_study().config)
    assert set(config.examples) == {"resnet", "convnext"}
    for name, example in config.examples.items():
        assert complexity(name, example.numbers, **config.store.shape).architecture == example.architecture
    config.check_code()


def test_a_family_that_makes_other_networks_since_is_noticed(make_study):
    config = StudyConfig.load(make_study().config)
    example = config.examples["resnet"].model_copy(update={"architecture": "another"})
    changed = config.model_copy(update={"examples": {**config.examples, "resnet": example}})
    with pytest.raises(ConfigError, match="resnet makes other networks than when the study was created"):
        changed.check_code()


def test_a_family_that_is_not_known_here_is_named_with_the_remedy(make_study):
    data = dict(make_study().config)
    data["space"] = {"families": {"mine": {}}}
    with pytest.raises(ConfigError, match=r"the study searches mine, .* load the file of your family with --plugin"):
        StudyConfig.load(data)
