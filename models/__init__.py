"""1-D networks for ECG, their exact complexity, and their training.

Nothing here imports torch until a network is built or trained: counting is arithmetic.
"""

from models.complexity import Complexity, complexity
from models.plan import Plan
from models.registry import Family, family, list_families, list_presets, register_family

__all__ = [
    "Complexity",
    "Family",
    "Plan",
    "complexity",
    "family",
    "list_families",
    "list_presets",
    "register_family",
]
