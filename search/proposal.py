"""Precision and batch size for a study: proposed by a probe of this machine, for networks of its space."""

import math
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from models.errors import ImpossibleNetwork
from models.memory import training_memory
from models.training.recipe import Precision, Recipe
from search.budget import excess
from search.config import StudyConfig
from search.draft import Draft, draw_draft, make_draft

if TYPE_CHECKING:
    from models.training.probe import Proposal

_DRAWN = 64
FEWEST_STEPS = 1000  # with fewer, larger batches cost score: measured in docs/performance.md
_SHARE_OF_MEMORY = 0.5


def propose_for(config: StudyConfig, training_records: int) -> "Proposal":
    """What the probe proposes for the median network of the study's space."""
    from models.training.machine import best_device, free_memory
    from models.training.probe import propose

    device = best_device()
    drawn = _drawn(config)
    room = min(_SHARE_OF_MEMORY * free_memory(device), config.space.budget.max_memory or math.inf)
    limit = largest_batch(drawn, training_records * config.training.epochs, room)
    median = drawn[len(drawn) // 2]
    return propose(median.family, median.numbers, config.shape, largest_batch=limit, device=device)


def largest_batch(drafts: Sequence[Draft], records_seen: int, room: float) -> int:
    """The largest batch with which a training keeps 1,000 steps and each of the networks fits into `room` bytes.

    Never less than the smallest batch that the probe tries.
    """
    batch = max(Recipe.batch_size, records_seen // FEWEST_STEPS)
    while batch > Recipe.batch_size and any(_memory(draft, batch) > room for draft in drafts):
        batch = max(Recipe.batch_size, batch // 2)
    return batch


def _drawn(config: StudyConfig) -> list[Draft]:
    """Networks of the space within its budget, from the cheapest to the dearest; the study's examples among them."""
    found = [
        make_draft(config, {"family": name, **{f"{name}.{number}": value for number, value in kept.numbers.items()}})
        for name, kept in config.examples.items()
    ]
    rng = np.random.default_rng(0)
    for _ in range(_DRAWN):
        with suppress(ImpossibleNetwork):
            found.append(draw_draft(config, rng))
    return sorted((draft for draft in found if not excess(config, draft)), key=lambda draft: draft.complexity.flops)


def _memory(draft: Draft, batch_size: int) -> int:
    """Bytes of a training step; 0 where they are not known."""
    return training_memory(draft.complexity, batch_size=batch_size, precision=Precision.FP32) or 0
