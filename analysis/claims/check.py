"""The findings of a recipe, by its name."""

from typing import TYPE_CHECKING

from analysis.claims.claim import Claim
from analysis.claims.dck import check_dck
from analysis.claims.ecoscale import check_ecoscale
from analysis.claims.regnet import OPTIMIZER, check_regnet

if TYPE_CHECKING:
    from analysis.analyze import Analysis


def check_claims(analysis: "Analysis") -> tuple[Claim, ...] | None:
    """Every finding of the work whose experiment the trials repeat; None where they repeat none that is known."""
    complete, asked = analysis.complete, analysis.question
    match asked.recipe:
        case "dck":
            return check_dck(complete, analysis.labels, seed=asked.seed)
        case "regnet":
            return check_regnet(complete, analysis.importance_by.get(OPTIMIZER, {}), seed=asked.seed)
        case "ecoscale":
            return check_ecoscale(complete, asked.networks, seed=asked.seed)
    return None
