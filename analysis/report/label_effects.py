"""What labels say as parts of `report.json`."""

from dataclasses import asdict
from typing import Any

from analysis.labels import LabelAnalysis


def label_parts(found: LabelAnalysis | None) -> dict[str, Any]:
    """`labels`, and beside it their groups, pooling and field, and whether one size fits all; null without scores."""
    if found is None:
        return {"labels": None, "label_groups": None, "pooling_field": None, "one_size": None}
    return {
        "labels": [asdict(row) for row in found.labels],
        "label_groups": [asdict(row) for row in (found.overall, *found.groups)],
        "pooling_field": [asdict(row) for row in found.pooling_field],
        "one_size": asdict(found.one_size) | {"method": found.method},
    }
