"""The source works' own experiments, each as data beside this file."""

from search.recipes.recipe import StudyRecipe, list_recipes, make_recipe, read_recipe

__all__ = ["StudyRecipe", "list_recipes", "make_recipe", "read_recipe"]
