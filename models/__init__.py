"""1-D networks for ECG, their exact complexity, and their training.

Nothing here imports torch until a network is built or trained: counting is arithmetic.
"""

from models.complexity import Complexity, complexity
from models.registry import Family, family, list_families, register_family

__all__ = [
    "Complexity",
    "Family",
    "complexity",
    "family",
    "list_families",
    "register_family",
]
