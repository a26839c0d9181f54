"""Findings of the work that a study repeats, as a part of `report.json`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from analysis.claims import Claim


def claim_rows(claims: Sequence[Claim] | None) -> list[dict[str, Any]] | None:
    """One row per finding, in the source's order, each also as a sentence; None without a recipe."""
    return None if claims is None else [asdict(claim) | {"sentence": claim.sentence} for claim in claims]
