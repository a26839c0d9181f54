"""A network on paper: what a family makes of its numbers."""

from dataclasses import dataclass, field

from models.initialisation import Initialisation
from models.layers import Sequence


@dataclass(frozen=True)
class Plan:
    """A described network.

    Attributes:
        features: from N x leads x 1 x L to the last feature map; receptive field and stride are measured here.
        head: from the last feature map to N x classes logits.
        stages: how many groups of blocks between which the length or the width changes.
        initialisation: how weights are drawn.
        details: what a family likes to tell of itself, for instance the blocks and the width of each stage.
    """

    features: Sequence
    head: Sequence
    stages: int
    initialisation: Initialisation = Initialisation.TORCH
    details: dict[str, list[int] | list[list[int]]] = field(default_factory=dict)
