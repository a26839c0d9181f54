"""What a draft costs against the budget of its space."""

import math

from pydantic import ByteSize

from models.memory import training_memory
from search.config import StudyConfig
from search.draft import Draft
from search.space import Budget

_UNKNOWN = 1.0  # as ten times the limit: what cannot be told is not within it


def excess(config: StudyConfig, draft: Draft) -> float:
    """By how much a draft is beyond the budget, as log10 of its worst ratio to a limit; 0 within all of them."""
    return max([0.0, *_excesses(config, draft)])


def beyond(config: StudyConfig, draft: Draft) -> str:
    """Which limits a draft is beyond, in words."""
    names = [name for name, limit in config.space.budget if limit is not None]
    over = [name for name, by in zip(names, _excesses(config, draft), strict=True) if by > 0]
    return " and ".join(_WORDS[name].format(draft=draft, memory=_memory(config, draft)) for name in over)


def limits(budget: Budget) -> str:
    """The limits that are set, as options of the command line."""
    return ", ".join(f"--{name.replace('_', '-')} {_typed(limit)}" for name, limit in budget if limit is not None)


def _typed(limit: object) -> str:
    if isinstance(limit, tuple):
        return ":".join(map(str, limit))
    return limit.human_readable(decimal=True) if isinstance(limit, ByteSize) else f"{limit:g}"


_WORDS = {
    "max_flops": "{draft.complexity.flops} FLOPs",
    "max_params": "{draft.complexity.params} parameters",
    "max_memory": "{memory} bytes of memory",
    "receptive_field": "a receptive field of {draft.complexity.receptive_field} samples",
}


def _excesses(config: StudyConfig, draft: Draft) -> list[float]:
    """For each limit that is set, in the order of `Budget`."""
    budget, cost = config.space.budget, draft.complexity
    found = []
    if budget.max_flops is not None:
        found.append(_beyond(cost.flops, 0, budget.max_flops))
    if budget.max_params is not None:
        found.append(_beyond(cost.params, 0, budget.max_params))
    if budget.max_memory is not None:
        found.append(_beyond(_memory(config, draft), 0, budget.max_memory))
    if budget.receptive_field is not None:
        found.append(_beyond(cost.receptive_field, *budget.receptive_field))
    return found


def _memory(config: StudyConfig, draft: Draft) -> int | None:
    recipe = draft.recipe
    return training_memory(
        draft.complexity, batch_size=recipe.batch_size, precision=recipe.precision, optimizer=recipe.optimizer
    )


def _beyond(value: int | None, low: float, high: float) -> float:
    if value is None:
        return _UNKNOWN
    if value > high:
        return math.log10(value / high)
    return math.log10(low / max(value, 1)) if value < low else 0.0
