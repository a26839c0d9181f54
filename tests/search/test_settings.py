import pytest

from models.errors import ImpossibleRecipe
from models.training.recipe import Precision, Scoring
from search.errors import ConfigError
from search.settings import WantedTraining


def test_what_is_not_said_is_what_the_machine_proposes(store):
    settings = WantedTraining(epochs=3).on(store, batch_size=64, precision=Precision.BF16)
    assert (settings.epochs, settings.batch_size, settings.precision) == (3, 64, Precision.BF16)
    said = WantedTraining(batch_size=16, precision=Precision.FP32)
    settings = said.on(store, batch_size=64, precision=Precision.BF16)
    assert (settings.batch_size, settings.precision) == (16, Precision.FP32)
    assert said.is_complete


@pytest.mark.parametrize(("seconds", "samples"), [(None, None), (5, 500), (2.56, 256), (10, None)])
def test_a_crop_is_said_in_seconds(store, seconds, samples):
    settings = WantedTraining(crop=seconds, scoring=Scoring.CENTRE).on(store, batch_size=8, precision=Precision.FP32)
    assert settings.crop == samples


@pytest.mark.parametrize("seconds", [0, -1, 0.001, 10.5, float("nan"), float("inf")])
def test_a_crop_that_no_record_holds_is_refused(store, seconds):
    with pytest.raises(ConfigError, match=r"a crop must last from 0\.02 to 10 s"):
        WantedTraining(crop=seconds).on(store, batch_size=8, precision=Precision.FP32)


def test_settings_out_of_range_are_refused(store):
    with pytest.raises(ImpossibleRecipe, match="epochs=0"):
        WantedTraining(epochs=0).on(store, batch_size=8, precision=Precision.FP32)
