"""Families of the user's own: a Python file, an installed module, or an entry point of an installed package."""

import hashlib
import importlib
import importlib.util
import os
import sys
import warnings
from importlib.metadata import entry_points
from pathlib import Path

from ecgscale import InputError

GROUP = "ecgscale.families"
PLUGINS = "ECGSCALE_PLUGIN"  # what is loaded in every process, divided as a path is


class PluginError(InputError):
    """A plugin cannot be loaded."""


def load_plugin(name: str) -> None:
    """Import a Python file (`my/net.py`) or a module (`my_package.net`), which registers its families.

    It is the user's own code and may do whatever Python may. Loading it once more does nothing.

    Raises:
        PluginError: there is no such file or module, or it fails.
    """
    path = Path(name).resolve() if name.endswith(".py") else None
    if path is not None and not path.is_file():
        raise PluginError(f"there is no plugin {path}; name a Python file, or an installed module without .py")
    module = _name_of(path) if path else name
    try:
        if path:
            _import_file(path, module)
        else:
            importlib.import_module(module)
    except Exception as error:
        from models.registry import forget

        forget(module)
        hint = f"; did you mean {name}.py?" if Path(f"{name}.py").is_file() else ""
        raise PluginError(f"the plugin {name!r} cannot be loaded: {type(error).__name__}: {error}{hint}") from error


def load_chosen_plugins() -> None:
    """Those that the environment's ECGSCALE_PLUGIN names.

    Raises:
        PluginError: one of them cannot be loaded.
    """
    for name in os.environ.get(PLUGINS, "").split(os.pathsep):
        if name:
            load_plugin(name)


def load_entry_points() -> None:
    """Import what installed packages offer under `ecgscale.families`; a broken one is left out with a warning."""
    for entry in entry_points(group=GROUP):
        try:
            entry.load()
        except Exception as error:
            warnings.warn(f"families of {entry.value} are left out: {type(error).__name__}: {error}", stacklevel=2)


def _name_of(path: Path) -> str:
    """A module's name for a file, another one for each file."""
    return f"ecgscale_plugin_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"


def _import_file(path: Path, name: str) -> None:
    if name in sys.modules:
        return
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
