"""Design spaces, as files and as what draws from them."""

from analysis.regions.region import Scalar
from search.space.budget import Budget
from search.space.design import DesignSpace
from search.space.domains import Choices, Range
from search.space.files import default_space, default_space_text, dump_space, make_space, read_space

__all__ = [
    "Budget",
    "Choices",
    "DesignSpace",
    "Range",
    "Scalar",
    "default_space",
    "default_space_text",
    "dump_space",
    "make_space",
    "read_space",
]
