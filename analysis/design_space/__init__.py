"""Statistics of design spaces: distributions of error rather than the best network of each.

Radosavovic et al., "On Network Design Spaces for Visual Recognition", ICCV 2019; Radosavovic et al., "Designing Network
Design Spaces", CVPR 2020. "Error" is whatever is better when smaller, such as 1 - balanced accuracy.
"""

from analysis.design_space.comparison import Comparison, Difference, KolmogorovSmirnov, compare
from analysis.design_space.complexity import ComplexityBins, complexity_strata, stratum_weights
from analysis.design_space.edf import Edf, edf
from analysis.design_space.good_values import Choice, GoodValues, good_values

__all__ = [
    "Choice",
    "Comparison",
    "ComplexityBins",
    "Difference",
    "Edf",
    "GoodValues",
    "KolmogorovSmirnov",
    "compare",
    "complexity_strata",
    "edf",
    "good_values",
    "stratum_weights",
]
