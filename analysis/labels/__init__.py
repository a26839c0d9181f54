"""Labels one by one: what an architecture's numbers do to each, and whether one architecture suits them all."""

from analysis.labels.analysis import Best, GroupResult, LabelAnalysis, LabelResult, analyse_labels
from analysis.labels.effects import Effect
from analysis.labels.one_size import Gain, OneSize, OneSizeVerdict
from analysis.labels.pooling_field import PoolingField, Verdict
from analysis.labels.regression import Estimate

__all__ = [
    "Best",
    "Effect",
    "Estimate",
    "Gain",
    "GroupResult",
    "LabelAnalysis",
    "LabelResult",
    "OneSize",
    "OneSizeVerdict",
    "PoolingField",
    "Verdict",
    "analyse_labels",
]
