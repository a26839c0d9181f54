import numpy as np
import pytest
import torch

from models.build import build
from models.export import export_onnx
from models.training.checkpoint import TrainingFolder
from models.training.loop import train
from models.training.recipe import Recipe


def test_a_family_learns_and_its_export_says_the_same(small, store, data, tmp_path):
    """Three epochs on 120 synthetic records; the exported network then reads a batch of another size."""
    onnxruntime = pytest.importorskip("onnxruntime", reason="needs the dev packages: onnxruntime")
    family, numbers = small
    folder = TrainingFolder(tmp_path / "training")
    trained = train(family, numbers, data, Recipe(epochs=3, batch_size=16, lr=3e-3), folder)
    assert trained.curve[-1].loss < trained.curve[0].loss
    shape = {"leads": store.leads, "length": store.length}
    network = build(family, numbers, **shape, classes=len(store.vocabulary.labels))
    network.load_state_dict(folder.load_network().tensors)
    export_onnx(network, tmp_path / "network.onnx", **shape)
    signals = torch.from_numpy(store.signals[:7].astype(np.float32))
    exported = onnxruntime.InferenceSession(tmp_path / "network.onnx").run(None, {"signals": signals.numpy()})[0]
    with torch.inference_mode():
        logits = network.eval()(signals).numpy()
    assert np.abs(exported - logits).max() < 1e-4
