"""Which parameters matter for the score, how far to believe it, within which groups, and which act together."""

from analysis.importance.draws import UNIFORM_SAMPLERS, Drawn, Draws, drawn_uniformly
from analysis.importance.forest import FOLDS, MODEL
from analysis.importance.groups import importance_by
from analysis.importance.interactions import Interaction, interactions
from analysis.importance.ranking import importance
from analysis.importance.results import MIN_TRIALS, TRUSTED_PEARSON, Importance, ParameterImportance, Status

__all__ = [
    "FOLDS",
    "MIN_TRIALS",
    "MODEL",
    "TRUSTED_PEARSON",
    "UNIFORM_SAMPLERS",
    "Drawn",
    "Draws",
    "Importance",
    "Interaction",
    "ParameterImportance",
    "Status",
    "drawn_uniformly",
    "importance",
    "importance_by",
    "interactions",
]
