"""Narrowing: a design space shrinks on evidence while the search goes on.

Radosavovic et al. (CVPR 2020) narrowed spaces by hand, from distributions of error; Lee et al. (arXiv 2308.12492) found
that a narrowed space beats the wide one. Here each cut is proposed, checked on trials that did not propose it, and
taken back where blind probes contradict it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.regions.narrowing import review_region, undo
    from analysis.regions.region import Part, Region, SubRange, SubSet
    from analysis.regions.review import Bound, Change, Check, Evidence, Kind, Review, current

__all__ = [
    "Bound",
    "Change",
    "Check",
    "Evidence",
    "Kind",
    "Part",
    "Region",
    "Review",
    "SubRange",
    "SubSet",
    "current",
    "review_region",
    "undo",
]

_FILES = {"narrowing": ("review_region", "undo"), "region": ("Part", "Region", "SubRange", "SubSet")}


def __getattr__(name: str) -> Any:
    """Loaded when asked for: a design space needs regions, and none of the tables that decide on them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    file = next((file for file, names in _FILES.items() if name in names), "review")
    return getattr(import_module(f"{__name__}.{file}"), name)
