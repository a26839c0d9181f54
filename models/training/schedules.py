"""The learning rate of each step: a rise to the peak, then a fall.

Pure functions of the step, so that a resumed training needs no state. Held against `torch.optim.lr_scheduler`.
"""

import math

from models.training.recipe import Recipe, Schedule

_DECAY_PER_EPOCH = 0.98
_ONE_CYCLE_START = 25.0  # the peak over the first rate
_ONE_CYCLE_END = 1e4  # the first rate over the last


def learning_rate(recipe: Recipe, step: int, steps_per_epoch: int) -> float:
    """Learning rate of `step` (from 0).

    exponential: a linear warm-up, then times 0.98 after each epoch. cosine: a linear warm-up, then half a cosine to
    zero (Loshchilov and Hutter, "SGDR", ICLR 2017, eq. 5). one-cycle: from a 25th of the peak along a cosine to the
    peak at the end of the warm-up, then along a cosine to nearly nothing (Smith and Topin, 2018, as torch has it).
    """
    steps = recipe.epochs * steps_per_epoch
    rise = round(recipe.warm_up * steps)
    if recipe.schedule is Schedule.ONE_CYCLE:
        return recipe.lr * _one_cycle(step, steps, recipe.warm_up * steps - 1)
    if step < rise:
        return recipe.lr * (step + 1) / rise
    if recipe.schedule is Schedule.EXPONENTIAL:
        return recipe.lr * _DECAY_PER_EPOCH ** ((step - rise) // steps_per_epoch)
    return recipe.lr * _cosine(1.0, 0.0, (step - rise) / max(1, steps - rise))


def _one_cycle(step: int, steps: int, peak: float) -> float:
    start = 1 / _ONE_CYCLE_START
    if step < peak:
        return _cosine(start, 1.0, step / peak)
    return _cosine(1.0, start / _ONE_CYCLE_END, (step - max(peak, 0)) / max(1, steps - 1 - max(peak, 0)))


def _cosine(first: float, last: float, done: float) -> float:
    return last + (first - last) * 0.5 * (1 + math.cos(math.pi * done))
