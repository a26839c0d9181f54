"""Scores on fold 10, which nothing but the report reads."""

from collections.abc import Mapping
from typing import Any

from ecg.store import RecordStore
from search.config import StudyConfig
from search.draft import make_draft
from storage.home import trial_folder
from storage.studies import Study


def score_on_test_fold(
    study: Study, number: int, config: StudyConfig, params: Mapping[str, Any], store: RecordStore
) -> dict[str, float] | None:
    """A finished trial's scores on the test fold; None without its network here, or without a class to score."""
    import numpy as np

    from models.build import build
    from models.training.checkpoint import TrainingFolder
    from models.training.data import Split
    from models.training.evaluation import score_rows

    kept = TrainingFolder(trial_folder(study.key, number)).load_network()
    test = Split.of(store).test
    if kept is None or not len(test):
        return None
    draft = make_draft(config, params)
    network = build(draft.family, draft.numbers, **config.store.shape)
    network.load_state_dict(kept["network"])
    thresholds = np.array(kept["thresholds"])
    scores = score_rows(network, store, test, thresholds, config.training.precision).overall
    return scores if np.isfinite(scores["balanced_accuracy"]) else None
