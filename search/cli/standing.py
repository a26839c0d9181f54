"""How a study stands, in words: shared by its status, its live view and a launch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from search.samplers import UNIFORM, Sampler

if TYPE_CHECKING:
    from storage.progress import Progress
    from storage.regions import Newest
    from storage.studies import Study

_LONGEST_REASON = 160


def note(state: "Progress") -> str:
    """The study's standing in a few words."""
    said = [
        f"{len(state.running) or 'none'} running",
        f"{state.per_hour:.0f} per hour" if state.per_hour else "",
        f"{stopped(state)} stopped" if stopped(state) else "",
        f"{state.states['fail']} failed" if state.states.get("fail") else "",
        "paused" if state.paused else "" if state.best is None else f"best {state.best:.3f}",
    ]
    return "  ".join(filter(None, said))


def stopped(state: "Progress") -> int:
    """Trials that were stopped early."""
    return state.states.get("pruned", 0)


def is_over(state: "Progress") -> bool:
    """Whether no trial is to come."""
    return state.counted >= state.trials or state.ended is not None


def speed(state: "Progress") -> str:
    if not state.per_hour:
        return "nothing finished in the last hour"
    left = time_left(state)
    rest = f"; the remaining {state.trials - state.counted} in about {duration(left)}" if left else ""
    return f"{state.per_hour:.0f} trials per hour{rest}"


def time_left(state: "Progress") -> float | None:
    """Seconds at the speed of the last hour; None where nobody works or nothing is known."""
    left = state.trials - state.counted
    return left / state.per_hour * 3600 if left > 0 and state.running and state.per_hour else None


def spent_in_vain(state: "Progress") -> str:
    """Time of workers that led to no result, by cause."""
    spent = [f"{cause} {duration(seconds)}" for cause, seconds in state.wasted.items() if seconds >= 1]
    return ", ".join(spent) or "nothing"


def last_lost(state: "Progress") -> list[str]:
    """The last trials that were stopped, and those that failed, with the reason; a sentence for each."""
    return [
        *(f"trial {one.trial} stopped after {epochs(one.epoch)}: {short(one.reason)}" for one in state.stopped),
        *(f"trial {one.trial} failed: {short(one.reason)}" for one in state.failures),
    ]


def told_settings(study: "Study") -> str:
    """What the study was told of its search."""
    from search.budget import limits
    from search.config import StudyConfig

    config = StudyConfig.load(study.config)
    budget = limits(config.space.budget)
    return ", ".join(
        [
            *([f"recipe {config.recipe}"] if config.recipe else []),
            f"sampler {config.sampler}",
            *([budget] if budget else []),
            epochs(config.training.epochs),
            f"early stopping {'on' if config.early_stopping else 'off'}",
            *([f"narrowing every {config.narrow}"] if config.narrow else []),
        ]
    )


def told_region(newest: "Newest") -> str:
    """Within which part of the space is drawn now."""
    if newest.review is None:
        return "the whole space"
    narrowed = len(newest.review["region"])
    part = f"{narrowed} parameter{'' if narrowed == 1 else 's'} narrowed" if narrowed else "the whole space"
    return f"{part}, version {newest.version}, after {newest.review['trials']} trials"


def drawn_by(state: "Progress") -> str:
    """Trials by who proposed them, and the share that was drawn uniformly because a sampler had nothing new."""
    by_name = ", ".join(f"{name} {one.trials}" for name, one in state.samplers.items())
    asked = [one for name, one in state.samplers.items() if name not in (UNIFORM, Sampler.RANDOM)]
    trials, fallbacks = sum(one.trials for one in asked), sum(one.fallbacks for one in asked)
    return f"{by_name}; without a new idea, so uniformly: {fallbacks} of {trials}" if trials else by_name


def dropped_drafts(state: "Progress") -> str:
    dropped = {reason: count for reason, count in state.drafts.items() if reason != "uniform_fallback"}
    drawn = sum(state.states.values()) + sum(dropped.values())
    told = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in sorted(dropped.items()))
    return f"{told}, of {drawn} drawn" if told else ""


def states_in_words(states: Mapping[str, int]) -> dict[str, int]:
    """Counts under the words that people read: what Optuna calls pruned was stopped."""
    return {"stopped" if state == "pruned" else state: count for state, count in states.items()}


def epochs(count: int) -> str:
    return f"{count} epoch{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    for unit, length in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def short(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= _LONGEST_REASON else f"{line[: _LONGEST_REASON - 3]}..."
