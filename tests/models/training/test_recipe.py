from dataclasses import fields

import pytest

from models.errors import ImpossibleRecipe
from models.training.recipe import SEARCHABLE, STUDY_WIDE, Loss, Optimizer, Recipe


@pytest.mark.parametrize(
    ("setting", "value", "rule"),
    [
        ("epochs", 0, "at least 1, but got epochs=0"),
        ("epochs", 2.5, "whole"),
        ("batch_size", 1, "at least 2, but got batch_size=1"),
        ("lr", 0, "above 0, but got lr=0"),
        ("lr", float("nan"), "above 0, but got lr=nan"),
        ("lr", float("inf"), "above 0, but got lr=inf"),
        ("lr", "fast", 'but got lr="fast"'),
        ("clip", -1, "above 0"),
        ("weight_decay", -0.1, "between 0 and 1"),
        ("warm_up", 1.5, "between 0 and 1"),
        ("ema", 1, "between 0 and 0.99999"),
        ("data_fraction", 0, "but got data_fraction=0"),
        ("augment", 1, "true or false"),
        ("optimizer", "lion", "choose one of sgd, sgd-momentum, adam, adamw, but got optimizer="),
        ("loss", "mse", "choose one of bce, weighted-bce, asymmetric"),
        ("schedule", "step", "choose one of exponential, cosine, one-cycle"),
        ("precision", "fp16", "choose one of fp32, bf16"),
        ("scoring", "all", "choose one of whole, centre"),
        ("crop", 1, "at least 2"),
        ("seed", -1, "at least 0"),
    ],
)
def test_a_setting_out_of_range_is_refused_with_its_value(setting, value, rule):
    with pytest.raises(ImpossibleRecipe) as caught:
        Recipe.of({setting: value})
    assert rule in str(caught.value)


def test_all_faults_are_named_at_once():
    with pytest.raises(ImpossibleRecipe, match=r"epochs=0.*lr=-1.*optimizer"):
        Recipe.of({"epochs": 0, "lr": -1, "optimizer": "adm"})


def test_an_unknown_setting_is_refused_with_the_known_ones():
    with pytest.raises(ImpossibleRecipe, match="no setting momentum; known: epochs, batch_size"):
        Recipe.of({"momentum": 0.9})


def test_words_become_choices():
    recipe = Recipe.of({"optimizer": "adam", "loss": "asymmetric"})
    assert recipe.optimizer is Optimizer.ADAM
    assert recipe.loss is Loss.ASYMMETRIC


def test_every_setting_belongs_to_the_study_or_to_the_search():
    assert sorted([*STUDY_WIDE, *SEARCHABLE]) == sorted(field.name for field in fields(Recipe))
