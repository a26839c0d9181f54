"""What is known of a draft of a study before it is trained."""

import math
from functools import lru_cache
from typing import Any

from models.errors import ImpossibleNetwork
from search.budget import excess
from search.config import StudyConfig
from search.draft import make_draft
from search.sampling.strategy import IMPOSSIBLE, OVER_BUDGET, Judge, Verdict

_KEPT = 20_000  # verdicts; to count a network takes a hundred times longer than to look one up


def judge_of(config: StudyConfig) -> Judge:
    """Judges parameters by the study's input, budget and training."""

    @lru_cache(maxsize=_KEPT)
    def judge_items(items: tuple[tuple[str, Any], ...]) -> Verdict:
        params = dict(items)
        if not config.space.could_draw(params):
            return Verdict("", math.inf, IMPOSSIBLE)
        try:
            draft = make_draft(config, params)
        except ImpossibleNetwork:
            return Verdict("", math.inf, IMPOSSIBLE)
        over = excess(config, draft) > 0
        return Verdict(draft.signature, math.log10(draft.complexity.flops), OVER_BUDGET if over else None)

    return lambda params: judge_items(tuple(params.items()))
