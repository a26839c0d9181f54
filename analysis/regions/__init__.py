"""Narrowing: a design space shrinks on evidence while the search goes on.

Radosavovic et al. (CVPR 2020) narrowed spaces by hand, from distributions of error; Lee et al. (arXiv 2308.12492)
found that a narrowed space beats the wide one. Here each cut is proposed, checked on trials that did not propose it,
and taken back where blind probes contradict it.
"""

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
