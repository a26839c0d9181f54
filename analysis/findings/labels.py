"""Whether one architecture suits all groups of labels, and what pooling does."""

from collections.abc import Iterator

from analysis.analyze import Analysis
from analysis.labels import OneSizeVerdict


def labels(analysis: Analysis) -> Iterator[str]:
    """What the trials tell of labels; silent where they do not."""
    if analysis.labels is None:
        return
    if analysis.labels.one_size.verdict is not OneSizeVerdict.UNTOLD:
        yield analysis.labels.one_size.sentence
    overall = analysis.labels.pooling_field[0]
    if overall.interaction is not None:
        yield overall.sentence
