"""Which sections the page has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Section:
    """A section of the page.

    Attributes:
        name: of its template, and of its place in the page.
        title: its heading in the table of contents.
    """

    name: str
    title: str


def contents(report: Mapping[str, Any]) -> list[Section]:
    """The sections in their order; those that a report has no use for are left out."""
    rows = (
        ("claims", "Findings of the source", report["claims"]),
        ("compared", "Side by side", report["compared"]),
        ("front", "Pareto front", True),
        ("recommended", "What to build", True),
        ("importance", "What matters", True),
        ("laws", "How the error falls with compute", True),
        ("parts", "Parts of the space", True),
        ("regions", "How the search space was narrowed", report["region_looks"]),
        ("labels", "Labels", report["labels"]),
        ("spent", "Where the time went", any((report["spent"] or {}).values())),
        ("methods", "How this was made", True),
    )
    return [Section(name, title) for name, title, shown in rows if shown]
