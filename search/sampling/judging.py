"""What is known of a draft of a study before it is trained."""

import math

from models.errors import ImpossibleNetwork
from search.budget import excess
from search.config import StudyConfig
from search.draft import make_draft
from search.sampling.strategy import Judge, Params, Verdict


def judge_of(config: StudyConfig) -> Judge:
    """Judges parameters by the study's input, budget and training."""

    def judge(params: Params) -> Verdict:
        try:
            draft = make_draft(config, params)
        except ImpossibleNetwork:
            return Verdict("", math.inf, "impossible")
        over = excess(config, draft) > 0
        return Verdict(draft.signature, math.log10(draft.complexity.flops), "over_budget" if over else None)

    return judge
