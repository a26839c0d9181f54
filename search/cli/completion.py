"""What TAB offers: names that are known without training, starting or waiting for anything."""

import shlex

import typer


def study_names(ctx: typer.Context) -> list[str]:
    """Of the database that the command line names so far, if it answers at once."""
    from storage.names import names_at_once

    return [shlex.quote(name) for name in names_at_once(ctx.params.get("storage"))]


def families() -> list[str]:
    from models.registry import list_families

    return list_families()


def networks() -> list[str]:
    """Families and their presets."""
    from models.registry import list_families, list_presets

    return [*list_families(), *list_presets()]


def recipes() -> list[str]:
    from search.recipes import list_recipes

    return list_recipes()


def sources() -> list[str]:
    from ecg.sources import layouts

    return list(layouts())


def places() -> list[str]:
    """Where workers can be launched."""
    from search.launch.backends import list_backends

    return list_backends()
