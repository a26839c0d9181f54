"""Findings of the works that a study repeats: reproduced, contradicted, or undecided."""

from analysis.claims.check import check_claims
from analysis.claims.claim import Claim, Verdict

__all__ = ["Claim", "Verdict", "check_claims"]
