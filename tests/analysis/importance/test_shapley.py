import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from analysis.importance.encoding import encode
from analysis.importance.shapley import mean_absolute_shap


def _shap(params, score):
    encoded = encode(params)
    return dict(zip(encoded.names, mean_absolute_shap(encoded, np.asarray(score, dtype=float)), strict=True))


def test_a_sum_has_closed_form_values(uniform_trials):
    """Of a * x with x uniform on 0..1, mean |SHAP| is a / 4."""
    params, _ = uniform_trials(1000)
    found = _shap(params, 8 * params.a + 4 * params.b)
    assert [found[name] for name in "abcd"] == pytest.approx([2, 1, 0, 0], abs=0.12)


def test_indicators_are_added_up_before_the_absolute_value(uniform_trials):
    """Three values equally often, with effects 0, 0 and 3 about the mean 1: (1 + 1 + 2) / 3."""
    params, rng = uniform_trials(600)
    params["choice"] = rng.choice(["x", "y", "z"], 600)
    assert _shap(params, 3.0 * (params.choice == "z"))["choice"] == pytest.approx(4 / 3, rel=0.05)


def test_a_parameter_adds_nothing_to_trials_that_do_not_have_it():
    """A tenth has it, and a width of effect 10 x there: at most 10 / 4 in a tenth of the trials."""
    rng = np.random.default_rng(0)
    has = rng.random(1000) < 0.1
    width = np.where(has, rng.random(1000), np.nan)
    params = pd.DataFrame({"family": np.where(has, "vit", "resnet"), "vit.width": width})
    found = _shap(params, np.where(has, 10 * width, 0))
    assert 0.1 < found["vit.width"] < 0.25


def test_shap_is_imported_only_when_asked_for():
    program = "import sys, analysis.importance; sys.exit('shap' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
