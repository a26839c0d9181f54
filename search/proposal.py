"""Precision and batch size for a study: proposed by a probe of this machine, for networks of its space."""

from typing import TYPE_CHECKING

import numpy as np

from models.errors import ImpossibleNetwork
from models.memory import training_memory
from models.training.recipe import Precision
from search.config import StudyConfig
from search.draft import Draft, draw_draft, over_budget

if TYPE_CHECKING:
    from models.training.probe import Proposal

_DRAWN = 64
_FEWEST_UPDATES = 200  # a training of fewer steps learns too little, however fast it is
_SHARE_OF_MEMORY = 0.5


def propose_for(config: StudyConfig, training_records: int) -> "Proposal":
    """What the probe proposes for the median network of the study's space.

    The batch is bounded so that the largest network drawn fits into half of the free memory, and that a training
    keeps at least 200 steps.
    """
    from models.training.machine import best_device, free_memory
    from models.training.probe import SMALLEST_BATCH, propose

    device = best_device()
    drawn = _drawn(config)
    room = _SHARE_OF_MEMORY * free_memory(device)
    batch = max(SMALLEST_BATCH, training_records * config.training.epochs // _FEWEST_UPDATES)
    while batch > SMALLEST_BATCH and (_memory(drawn[-1], batch) or 0) > room:
        batch //= 2
    median = drawn[len(drawn) // 2]
    return propose(median.family, median.numbers, config.shape, largest_batch=batch, device=device)


def _drawn(config: StudyConfig) -> list[Draft]:
    """Networks of the space within its budget, from the cheapest to the dearest; at least the study's examples."""
    from search.draft import make_draft

    rng = np.random.default_rng(0)
    found: list[Draft] = []
    for _ in range(_DRAWN):
        try:
            draft = draw_draft(config, rng)
        except ImpossibleNetwork:
            continue
        if not over_budget(config, draft):
            found.append(draft)
    if not found:
        found = [
            make_draft(
                config, {"family": name, **{f"{name}.{number}": value for number, value in kept.numbers.items()}}
            )
            for name, kept in config.examples.items()
        ]
    return sorted(found, key=lambda draft: draft.complexity.flops)


def _memory(draft: Draft, batch_size: int) -> int | None:
    return training_memory(draft.complexity, batch_size=batch_size, precision=Precision.FP32)
