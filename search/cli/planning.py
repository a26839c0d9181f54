"""What `ecgscale study create` was asked for, as a plan."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.plan import StudyPlan
    from storage.studies import Study


def base_plan(families: list[str] | None, space: Path | None, recipe: str | None) -> "StudyPlan":
    """The plan of the default spaces of families, of a space's file, or of a recipe.

    Raises:
        SpaceError: not exactly one of them is given, or the space cannot be used.
        ConfigError: the recipe is unknown.
    """
    from search.errors import SpaceError
    from search.plan import StudyPlan
    from search.recipes import read_recipe
    from search.space import default_space, read_space

    given = [
        name for name, value in (("--family", families), ("--space", space), ("--recipe", recipe)) if value is not None
    ]
    if len(given) != 1:
        raise SpaceError(
            "name the design space by --family (repeat it for several), by --space or by --recipe, but "
            f"{' and '.join(given) or 'none'} given"
        )
    if recipe is not None:
        return read_recipe(recipe).plan(recipe)
    return StudyPlan(read_space(space) if space else default_space(families or []))


def wanted_trials(plan: "StudyPlan") -> int:
    """
    Raises:
        ConfigError: nobody has said how many.
    """
    from search.errors import ConfigError

    if plan.trials is None:
        raise ConfigError("say how many trials the study gets by --trials N; only a --recipe brings its own number")
    return plan.trials


def recipe_lines(made: "Study") -> list[str]:
    """Whose experiment a study repeats, which arms it compares and how its records differ; nothing without a recipe."""
    from search.config import StudyConfig
    from search.recipes import read_recipe

    config = StudyConfig.load(made.config)
    if config.recipe is None:
        return []
    recipe = read_recipe(config.recipe)
    arms = [f"{' and '.join(config.arms)} in turn, {config.runs} runs of each"] if config.arms else []
    note = recipe.note(rate=config.store.rate, seconds=config.store.length / config.store.rate)
    return [f"the experiment of {recipe.source}", *arms, *([f"note: {note}"] if note else [])]
