import json
import resource

import pytest
import torch

from models.errors import CheckpointFailed
from models.training.checkpoint import TrainingFolder, named

TENSORS = {"a.weight": torch.arange(1000.0), "b": torch.tensor(3), "a.bias": torch.ones(2, 3, dtype=torch.bfloat16)}


@pytest.fixture
def folder(tmp_path):
    return TrainingFolder(tmp_path / "training")


def files(folder):
    return sorted(path.name for path in folder.files.path.iterdir())


def test_what_is_saved_is_loaded(folder):
    assert folder.load_checkpoint() is None
    folder.save_checkpoint(TENSORS, {"epoch": 1})
    saved = folder.load_checkpoint()
    assert saved.state == {"epoch": 1}
    assert saved.tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert torch.equal(saved.tensors[name], tensor)
        assert saved.tensors[name].dtype == tensor.dtype
    assert saved.part("a").keys() == {"weight", "bias"}
    assert named("a", saved.part("a")).keys() == {"a.weight", "a.bias"}


def test_older_checkpoints_are_pruned_and_the_network_stays(folder):
    folder.save_network(TENSORS, {})
    for epoch in range(3):
        folder.save_checkpoint({"w": torch.tensor(float(epoch))}, {"epoch": epoch})
    assert len(files(folder)) == 4
    assert folder.load_checkpoint().state == {"epoch": 2}
    folder.drop_checkpoint()
    assert len(files(folder)) == 2
    assert folder.load_checkpoint() is None
    assert folder.load_network() is not None


def test_the_same_content_has_the_same_name(folder):
    folder.save_network(TENSORS, {})
    before = files(folder)
    folder.save_network(TENSORS, {})
    assert files(folder) == before


@pytest.mark.parametrize("damage", ["cut", "flip", "missing", "no json", "json of something else"])
def test_what_is_damaged_is_no_checkpoint(folder, damage):
    folder.save_checkpoint(TENSORS, {"epoch": 1})
    described = folder.files.path / "checkpoint.json"
    tensors = folder.files.path / json.loads(described.read_text())["tensors"]["file"]
    content = bytearray(tensors.read_bytes())
    match damage:
        case "cut":
            tensors.write_bytes(content[:100])
        case "flip":
            content[-1] ^= 1
            tensors.write_bytes(content)
        case "missing":
            tensors.unlink()
        case "no json":
            described.write_text("{")
        case _:
            described.write_text("[1]")
    assert folder.load_checkpoint() is None


def test_files_hold_nothing_that_could_be_executed(folder):
    folder.save_checkpoint(TENSORS, {})
    assert {name.rpartition(".")[2] for name in files(folder)} == {"json", "safetensors"}


def test_a_disk_that_is_full_leaves_the_older_checkpoint_whole(folder):
    """The system refuses to let a file grow further, as a full disk does."""
    folder.save_checkpoint(TENSORS, {"epoch": 1})
    before = files(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(CheckpointFailed, match=r"cannot write to .*: File too large; free some space"):
            folder.save_checkpoint({"w": torch.zeros(100_000)}, {"epoch": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert files(folder) == before
    assert folder.load_checkpoint().state == {"epoch": 1}
