"""What a label vocabulary is: which classes a record store holds, in which order, in which group."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

RHYTHM, CONDUCTION, AXIS, INTERVAL, OTHER = (
    "arrhythmia",
    "conduction disorder",
    "axis deviation",
    "prolonged interval",
    "other",
)


@dataclass(frozen=True)
class Label:
    """One class: its short name, the codes that mean it, what it says and the group it is analysed in."""

    name: str
    codes: tuple[str, ...]
    meaning: str
    group: str


@dataclass(frozen=True)
class Vocabulary:
    """An ordered set of classes; column `i` of a store's labels is `labels[i]`."""

    name: str
    labels: tuple[Label, ...]

    @property
    def names(self) -> list[str]:
        return [label.name for label in self.labels]

    def only(self, names: Sequence[str]) -> "Vocabulary":
        """The classes of these names, in their order."""
        of_name = {label.name: label for label in self.labels}
        return Vocabulary(f"{self.name}: {', '.join(names)}", tuple(of_name[name] for name in names))

    def positions(self, codes: Iterable[str]) -> frozenset[int]:
        """Columns that `codes` make positive; codes outside the vocabulary are ignored."""
        return frozenset(column for code in codes for column in self._columns_of.get(code, ()))

    def unscored(self, codes: Iterable[str]) -> frozenset[str]:
        """Those of `codes` that mean no class of the vocabulary."""
        return frozenset(codes) - self._columns_of.keys()

    @cached_property
    def _columns_of(self) -> dict[str, list[int]]:
        columns: dict[str, list[int]] = {}
        for column, label in enumerate(self.labels):
            for code in label.codes:
                columns.setdefault(code, []).append(column)
        return columns


def plain_vocabulary(name: str, codes: Iterable[str]) -> Vocabulary:
    """A vocabulary whose classes are the codes themselves, in the order given."""
    return Vocabulary(name, tuple(Label(code, (code,), code, OTHER) for code in codes))
