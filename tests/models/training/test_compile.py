"""torch.compile, where there is a compiler."""

import json
import shutil

import pytest
import torch

from models.training.checkpoint import TrainingFolder
from models.training.loop import train
from models.training.recipe import Recipe

NUMBERS = {"stages": 1, "depth": 1, "width": 4, "kernel": 3}


@pytest.mark.skipif(not shutil.which("g++"), reason="the machine has no C++ compiler (Debian: g++)")
@pytest.mark.usefixtures("one_thread")
def test_a_compiled_training_agrees_and_its_choice_is_kept(data, tmp_path):
    plain, compiled = TrainingFolder(tmp_path / "plain"), TrainingFolder(tmp_path / "compiled")
    expected = train("resnet", NUMBERS, data, Recipe(epochs=2), plain)
    found = train("resnet", NUMBERS, data, Recipe(epochs=2), compiled, compiled=True)
    assert json.loads((compiled.files.path / "checkpoint.json").read_text())["progress"]["compiled"]
    assert [row.loss for row in found.curve] == pytest.approx([row.loss for row in expected.curve], rel=1e-3)
    for name, value in plain.load_network().tensors.items():
        torch.testing.assert_close(compiled.load_network().tensors[name], value, rtol=1e-2, atol=1e-3)
