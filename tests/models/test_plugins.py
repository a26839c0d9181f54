import importlib
import os
import sys
from dataclasses import dataclass

import pytest

from models import complexity, list_families, registry
from models.build import build
from models.errors import ImpossibleNetwork
from models.plugins import PLUGINS, PluginError, load_chosen_plugins, load_entry_points, load_plugin

PLAIN = """
from dataclasses import dataclass
from torch import nn
from models import register_family

@register_family("{name}", space={{"width": [4, 8]}})
@dataclass(frozen=True)
class Plain:
    width: int = 8

    def __post_init__(self):
        if self.width < 1:
            raise ValueError("a width must be positive")

    def build(self, leads, length, classes):
        return nn.Sequential(
            nn.Conv1d(leads, self.width, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(self.width * length, classes)
        )
"""


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Families of a test are known to it alone."""
    list_families()
    monkeypatch.setattr(registry, "_FAMILIES", dict(registry._FAMILIES))
    monkeypatch.setattr(registry, "_SPACES", dict(registry._SPACES))


def test_a_family_written_in_torch_is_counted_on_the_meta_device(tmp_path):
    path = tmp_path / "plain.py"
    path.write_text(PLAIN.format(name="plain_torch"))
    load_plugin(str(path))
    load_plugin(str(path))
    counted = complexity("plain_torch", {"width": 4}, leads=12, length=100, classes=5)
    assert counted.params == 4 * 12 * 3 + 4 + 400 * 5 + 5
    assert counted.flops == 2 * (4 * 12 * 3 * 100 + 400 * 5)
    assert counted.activations == 400 + 400 + 400 + 5
    assert (counted.receptive_field, counted.stride, counted.kept_activations) == (None, None, None)
    assert counted.architecture != complexity("plain_torch", {}, leads=12, length=100, classes=5).architecture
    network = build("plain_torch", {"width": 4}, leads=12, length=100, classes=5)
    assert sum(parameter.numel() for parameter in network.parameters()) == counted.params


def test_what_ones_own_family_refuses_is_a_sentence(tmp_path):
    path = tmp_path / "plain.py"
    path.write_text(PLAIN.format(name="plain_refusing"))
    load_plugin(str(path))
    with pytest.raises(ImpossibleNetwork, match="Plain cannot make this network: a width must be positive"):
        complexity("plain_refusing", {"width": 0}, leads=12, length=100, classes=5)
    with pytest.raises(ImpossibleNetwork, match="Plain cannot make this network: TypeError: '<' not supported"):
        complexity("plain_refusing", {"width": "wide"}, leads=12, length=1, classes=5)


@pytest.mark.parametrize("error", [KeyError("x"), AssertionError(), ZeroDivisionError("by zero")])
@pytest.mark.parametrize("method", ["plan", "build", "__post_init__"])
def test_whatever_ones_own_family_raises_is_a_sentence(method, error):
    def fail(self, *_):
        raise error

    methods = {"build": lambda self, leads, length, classes: None, method: fail}
    cls = dataclass(frozen=True)(type("Failing", (), methods))
    registry.register_family("failing")(cls)
    with pytest.raises(ImpossibleNetwork, match=f"Failing cannot make this network: {type(error).__name__}"):
        complexity("failing", {}, leads=12, length=100, classes=5)


def test_networks_that_only_forward_tells_apart_have_hashes_of_their_own():
    from torch import nn

    class Network(nn.Module):
        def __init__(self, scaled, classes):
            super().__init__()
            self.head, self._scaled = nn.LazyLinear(classes), scaled

        def forward(self, x):
            return self.head(x.mean(2) * 2 if self._scaled else x.mean(2))

    @registry.register_family("scaled")
    @dataclass(frozen=True)
    class Scaled:
        scaled: bool = False

        def build(self, leads, length, classes):
            return Network(self.scaled, classes)

    hashes = {complexity("scaled", {"scaled": s}, leads=2, length=9, classes=3).architecture for s in (True, False)}
    assert len(hashes) == 2


def test_a_description_that_ends_in_something_else_than_classes_is_refused():
    from models import Plan
    from models.layers import GlobalAveragePool, Linear, Sequence

    @registry.register_family("five")
    @dataclass(frozen=True)
    class Five:
        def plan(self, leads, length, classes):
            return Plan(Sequence(), Sequence((GlobalAveragePool(), Linear(leads, 5))), stages=1)

    with pytest.raises(ImpossibleNetwork, match="a number for each of 3 classes, but put out 5 x 1"):
        complexity("five", {}, leads=12, length=100, classes=3)


def test_a_network_that_puts_out_something_else_is_refused():
    from torch import nn

    @registry.register_family("identity")
    @dataclass(frozen=True)
    class Identity:
        def build(self, leads, length, classes):
            return nn.Identity()

    with pytest.raises(ImpossibleNetwork, match=r"must put out 1 x 5 logits, but put out \(1, 12, 100\)"):
        complexity("identity", {}, leads=12, length=100, classes=5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nowhere_to_be_found", "ModuleNotFoundError: No module named 'nowhere_to_be_found'"),
        ("def", "SyntaxError"),
        ("raise RuntimeError('no')", "RuntimeError: no"),
        (PLAIN.format(name="resnet"), "'resnet' is registered already, by ResNet"),
        (PLAIN.format(name="halfway") + "raise RuntimeError('no')", "RuntimeError: no"),
    ],
)
def test_a_plugin_that_fails_is_a_sentence_and_leaves_nothing_behind(tmp_path, text, message):
    path = tmp_path / "broken.py"
    path.write_text(text)
    before = set(sys.modules)
    with pytest.raises(PluginError, match=message):
        load_plugin(str(path))
    assert not [name for name in set(sys.modules) - before if "broken" in name]
    assert "halfway" not in list_families()


def test_a_missing_plugin_is_named(tmp_path):
    with pytest.raises(PluginError, match=r"there is no plugin .*none\.py"):
        load_plugin(str(tmp_path / "none.py"))
    with pytest.raises(PluginError, match="no_such_package"):
        load_plugin("no_such_package.net")


def test_installed_packages_offer_families_and_a_broken_one_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "offered_family.py").write_text(PLAIN.format(name="offered"))
    info = tmp_path / "offering-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: offering\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[ecgscale.families]\nbroken = nowhere_at_all\noffered = offered_family\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    with pytest.warns(UserWarning, match="families of nowhere_at_all are left out: ModuleNotFoundError"):
        load_entry_points()
    assert "offered" in list_families()


def test_the_plugins_that_the_environment_names_are_loaded(tmp_path, monkeypatch):
    for name in ("chosen", "another"):
        (tmp_path / f"{name}.py").write_text(PLAIN.format(name=name))
    monkeypatch.setenv(PLUGINS, os.pathsep.join([str(tmp_path / "chosen.py"), "", str(tmp_path / "another.py")]))
    load_chosen_plugins()
    assert {"chosen", "another"} <= set(list_families())
