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
) -> dict[str, Any] | None:
    """A finished trial's scores on the test fold; None without its network in reach, or without a class to score.

    The main scores have their 95 % bootstrap intervals over patients beside them, `NAME_ci95`.

    Args:
        folder: where the trial's network lies.
        data: of the study's store, split by `Split.to_test`.

    Raises:
        OutOfMemory, SignalsLost: the network cannot be run here.
    """
    import numpy as np

    from models.build import build
    from models.training.evaluation import answers, score_answers, score_intervals
    from models.training.faults import named_faults

    kept = folder.load_network()
    if kept is None or not len(data.split.score):
        return None
    draft = make_draft(config, params)
    with named_faults():
        network = build(draft.family, draft.numbers, **config.shape).to(data.device)
        network.load_state_dict(kept.tensors)
        given = answers(network, data, data.split.score, draft.recipe)
    thresholds = np.array(kept.state["thresholds"])
    scores = score_answers(given, thresholds, data).overall
    if not np.isfinite(scores["balanced_accuracy"]):
        return None
    intervals = score_intervals(given, thresholds, data)
    return {**scores, **{f"{name}_ci95": list(interval) for name, interval in intervals.items()}}
