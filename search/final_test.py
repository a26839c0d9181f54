"""Scores on fold 10, which nothing but the report reads."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from search.config import StudyConfig
from search.draft import make_draft

if TYPE_CHECKING:
    from models.training.checkpoint import TrainingFolder
    from models.training.data import TrainingData


def score_on_test_fold(
    folder: "TrainingFolder", config: StudyConfig, params: Mapping[str, Any], data: "TrainingData"
) -> dict[str, float] | None:
    """A finished trial's scores on the test fold; None without its network in reach, or without a class to score.

    Args:
        folder: where the trial's network lies.
        data: of the study's store, split by `Split.to_test`.

    Raises:
        OutOfMemory, SignalsLost: the network cannot be run here.
    """
    import numpy as np

    from models.build import build
    from models.training.evaluation import answers, score_answers
    from models.training.faults import named_faults

    kept = folder.load_network()
    if kept is None or not len(data.split.score):
        return None
    draft = make_draft(config, params)
    with named_faults():
        network = build(draft.family, draft.numbers, **config.shape).to(data.device)
        network.load_state_dict(kept.tensors)
        given = answers(network, data, data.split.score, draft.recipe)
    scores = score_answers(given, np.array(kept.state["thresholds"]), data).overall
    return scores if np.isfinite(scores["balanced_accuracy"]) else None
