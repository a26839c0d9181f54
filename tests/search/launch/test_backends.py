from importlib.metadata import EntryPoint

import pytest

from search.errors import ConfigError
from search.launch import backends
from search.launch.backends import backend, list_backends


def test_ours_are_found_by_name():
    assert list_backends() == ["kubernetes", "local", "ray", "slurm"]
    for name in list_backends():
        assert type(backend(name)).__name__.lower() == name


def test_one_that_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(ConfigError, match="cannot be launched on 'nowhere'; known are kubernetes, local, ray, slurm"):
        backend("nowhere")


def test_an_installed_package_brings_its_own_by_entry_point(tmp_path, monkeypatch):
    (tmp_path / "their_grid.py").write_text("class Grid:\n    pass\n")
    monkeypatch.syspath_prepend(tmp_path)
    points = [
        EntryPoint("grid", "their_grid:Grid", backends.GROUP),
        EntryPoint("broken", "their_grid:Nothing", backends.GROUP),
        EntryPoint("local", "their_grid:Grid", backends.GROUP),
    ]
    monkeypatch.setattr(backends, "entry_points", lambda group: [p for p in points if p.group == group])
    assert type(backend("grid")).__name__ == "Grid"
    assert type(backend("local")).__name__ == "Local"  # ours are not replaced
    with pytest.raises(ConfigError, match="the back end broken of their_grid:Nothing cannot be loaded: "):
        backend("broken")
