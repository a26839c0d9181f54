"""Scores as people read them."""

import math
from typing import Any


def shown(value: Any) -> str:
    """Three digits, or a dash where there is no score."""
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"
