"""Architectures of a study's space that could be trained next, with what they cost."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from analysis.recommend import Candidates
from analysis.trials import COMPLEXITY, Trials, is_missing
from models.errors import ImpossibleNetwork
from search.budget import excess
from search.config import StudyConfig
from search.draft import Draft, make_draft

_UNIFORM = 1500
_VARIED = 1500
_SMALLER = 500  # below each budget that few uniform draws are within
_MOST_DRAWS = 6000  # where much is beyond the budget

Key = tuple[str, tuple[tuple[str, Any], ...]]


def draw_candidates(
    config: StudyConfig,
    good: Sequence[dict[str, Any]],
    *,
    flops: Iterable[float] = (),
    trained: Collection[Key] = (),
    seed: int = 0,
) -> Candidates:
    """Different sets of parameters within the study's budget: drawn uniformly, and near the good ones.

    Args:
        good: parameters of good trials, whose neighbours are candidates.
        trained: `trained_keys` of the study, which are no candidates any more.
        flops: budgets for which something is wanted; where the space has few networks within one, more are looked for.
    """
    rng = np.random.default_rng(seed)
    drafts = list(islice(_possible(config, _uniform(config, rng)), _UNIFORM))
    if good:
        drafts += islice(_possible(config, _near(config, good, rng)), _VARIED)
    for limit in flops:
        missing = _SMALLER - sum(draft.complexity.flops <= limit for draft in drafts)
        within = (draft for draft in _possible(config, _uniform(config, rng)) if draft.complexity.flops <= limit)
        drafts += islice(within, max(0, missing))
    untrained = {
        draft.signature: draft for draft in drafts if _key(draft.complexity.architecture, draft.params) not in trained
    }
    return _table(untrained.values())


def trained_keys(complete: Trials) -> set[Key]:
    """What tells the trials of a study from other candidates."""
    training = complete.params[[name for name in complete.params if str(name).startswith("train.")]]
    architectures = complete.attrs.get("architecture", pd.Series(None, complete.state.index, dtype=object))
    return {
        _key(architecture, {str(name): value for name, value in row.items() if not is_missing(value)})
        for architecture, row in zip(architectures, training.to_dict("records"), strict=True)
    }


def _key(architecture: object, params: dict[str, Any]) -> Key:
    """Equal for what would train the same network in the same way."""
    training = sorted((name, value) for name, value in params.items() if name.startswith("train."))
    return str(architecture), tuple(training)


def _uniform(config: StudyConfig, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    return (config.space.draw(rng) for _ in range(_MOST_DRAWS))


def _near(config: StudyConfig, good: Sequence[dict[str, Any]], rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    """Good sets with one or two of their parameters drawn anew."""
    known = [params for params in good if config.space.could_draw(params)]
    for _ in range(_MOST_DRAWS if known else 0):
        varied = config.space.vary(known[rng.integers(len(known))], rng)
        yield config.space.vary(varied, rng) if rng.random() < 0.5 else varied


def _possible(config: StudyConfig, sets: Iterable[dict[str, Any]]) -> Iterator[Draft]:
    for params in sets:
        try:
            draft = make_draft(config, params)
        except ImpossibleNetwork:
            continue
        if excess(config, draft) == 0:
            yield draft


def _table(drafts: Iterable[Draft]) -> Candidates:
    rows = list(drafts)
    return Candidates(
        params=pd.DataFrame([draft.params for draft in rows], dtype=object),
        attrs=pd.DataFrame(
            [[getattr(draft.complexity, name) for name in COMPLEXITY] for draft in rows], columns=list(COMPLEXITY)
        ),
    )
